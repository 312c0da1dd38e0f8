package s5.exchange.onnx;

import s5.ops.Discretizer.Method;

import java.util.List;

/**
 * The recurrence without a loop, for a length that is fixed: {@code x_k += A_k x_{k-s}} for s = 1,
 * 2, 4 and so on, all positions at once, after which x_k holds the sum over the last 2s positions.
 * With log2 L such steps it holds that over all. Where every step is the same, A is Lambda_bar to
 * the power of s, a constant; else A_k is multiplied by A_{k-s} each time.
 */
final class ClosedScan {
    private final Graph graph;
    private final int length;
    private final int p;

    /**
     * @param length L
     * @param p P
     */
    ClosedScan(Graph graph, int length, int p) {
        this.graph = graph;
        this.length = length;
        this.p = p;
    }

    /** A complex value, (batch, L, P) each or what is broadcast to it. */
    record Complex(String re, String im) {}

    /** The parts of (B L, 2P). */
    Complex parts(String rows) {
        List<String> halves =
                graph.nodes(
                        "Split",
                        2,
                        List.of(graph.reshape(rows, -1, length, 2L * p)),
                        Graph.Attribute.integer("axis", 2));
        return new Complex(halves.getFirst(), halves.getLast());
    }

    /** (B L, 2P d) of the states of each direction. */
    String rows(Complex... directions) {
        String[] all = new String[2 * directions.length];
        for (int i = 0; i < directions.length; i++) {
            all[2 * i] = directions[i].re();
            all[2 * i + 1] = directions[i].im();
        }
        return graph.reshape(graph.concat(2, all), -1, 2L * p * directions.length);
    }

    /**
     * The states of one direction, every step the same.
     *
     * @param bar (2P): Lambda_bar
     */
    Complex fixed(double[] bar, Complex bu, boolean backward) {
        Complex x = bu;
        double[] power = bar.clone();
        for (int s = 1; s < length; s *= 2) {
            Complex a = new Complex(constant(power, 0), constant(power, p));
            x = plus(x, times(a, before(x, s, backward)), s, backward);
            for (int i = 0; i < p; i++) {
                double re = power[i] * power[i] - power[p + i] * power[p + i];
                power[p + i] = 2 * power[i] * power[p + i];
                power[i] = re;
            }
        }
        return x;
    }

    /** The states of one direction, with steps of their own: a is Lambda_bar at each position. */
    Complex timed(Complex a, Complex bu, boolean backward) {
        Complex x = bu;
        Complex power = a;
        for (int s = 1; s < length; s *= 2) {
            Complex here = after(power, s, backward);
            Complex next = x;
            x = plus(next, times(here, before(next, s, backward)), s, backward);
            if (2 * s < length) {
                Complex product = times(here, before(power, s, backward));
                power =
                        new Complex(
                                joined(rest(power.re(), s, backward), product.re(), backward),
                                joined(rest(power.im(), s, backward), product.im(), backward));
            }
        }
        return x;
    }

    /**
     * Lambda_bar and B_bar / B at each position.
     *
     * @param dt (batch, L, 1)
     * @return the two
     */
    List<Complex> discretized(Poles64 poles, Method method, String dt) {
        double[] scaledRe = new double[p];
        double[] scaledIm = new double[p];
        for (int i = 0; i < p; i++) {
            scaledRe[i] = poles.re()[i] * poles.step()[i];
            scaledIm[i] = poles.im()[i] * poles.step()[i];
        }
        String x = graph.node("Mul", dt, constant(scaledRe, 0));
        String y = graph.node("Mul", dt, constant(scaledIm, 0));
        return method == Method.ZOH ? held(poles, x, y) : bilinear(poles, x, y, dt);
    }

    /** exp(z) and (exp(z) - 1) / Lambda, without cancellation where z is small. */
    private List<Complex> held(Poles64 poles, String x, String y) {
        String size = graph.node("Exp", x);
        String cos = graph.node("Cos", y);
        String im = graph.node("Mul", size, graph.node("Sin", y));
        Complex bar = new Complex(graph.node("Mul", size, cos), im);
        // exp(x) - 1 = 2 t / (1 - t) with t = tanh(x / 2); cos y - 1 = -2 sin(y / 2)^2
        String t = graph.node("Tanh", graph.node("Mul", x, graph.scalar(0.5)));
        String one = graph.scalar(1);
        String two = graph.scalar(2);
        String minusOne = graph.node("Div", graph.node("Mul", t, two), graph.node("Sub", one, t));
        String half = graph.node("Sin", graph.node("Mul", y, graph.scalar(0.5)));
        String turned = graph.node("Mul", graph.node("Mul", half, half), two);
        String re = graph.node("Sub", graph.node("Mul", minusOne, cos), turned);
        double[] inverseRe = new double[p];
        double[] inverseIm = new double[p];
        for (int i = 0; i < p; i++) {
            double square = poles.re()[i] * poles.re()[i] + poles.im()[i] * poles.im()[i];
            inverseRe[i] = poles.re()[i] / square;
            inverseIm[i] = -poles.im()[i] / square;
        }
        Complex inverse = new Complex(constant(inverseRe, 0), constant(inverseIm, 0));
        return List.of(bar, times(inverse, new Complex(re, im)));
    }

    /** (1 + z / 2) / (1 - z / 2) and Delta / (1 - z / 2). */
    private List<Complex> bilinear(Poles64 poles, String x, String y, String dt) {
        String half = graph.scalar(0.5);
        String one = graph.scalar(1);
        String a = graph.node("Mul", x, half);
        String b = graph.node("Mul", y, half);
        String left = graph.node("Sub", one, a);
        String size = graph.node("Add", graph.node("Mul", left, left), graph.node("Mul", b, b));
        Complex inverse = new Complex(graph.node("Div", left, size), graph.node("Div", b, size));
        String step = graph.node("Mul", dt, constant(poles.step(), 0));
        return List.of(
                times(inverse, new Complex(graph.node("Add", one, a), b)),
                new Complex(
                        graph.node("Mul", inverse.re(), step),
                        graph.node("Mul", inverse.im(), step)));
    }

    Complex times(Complex a, Complex b) {
        String re =
                graph.node(
                        "Sub",
                        graph.node("Mul", a.re(), b.re()),
                        graph.node("Mul", a.im(), b.im()));
        String im =
                graph.node(
                        "Add",
                        graph.node("Mul", a.re(), b.im()),
                        graph.node("Mul", a.im(), b.re()));
        return new Complex(re, im);
    }

    /** Adds to all positions that have one s before them. */
    private Complex plus(Complex x, Complex change, int s, boolean backward) {
        Complex here = after(x, s, backward);
        return new Complex(
                joined(
                        rest(x.re(), s, backward),
                        graph.node("Add", here.re(), change.re()),
                        backward),
                joined(
                        rest(x.im(), s, backward),
                        graph.node("Add", here.im(), change.im()),
                        backward));
    }

    /** The positions that have one s before them. */
    private Complex after(Complex x, int s, boolean backward) {
        return new Complex(
                backward
                        ? graph.slice(x.re(), 1, 0, length - s)
                        : graph.slice(x.re(), 1, s, length),
                backward
                        ? graph.slice(x.im(), 1, 0, length - s)
                        : graph.slice(x.im(), 1, s, length));
    }

    /** Those that stand s before them. */
    private Complex before(Complex x, int s, boolean backward) {
        return after(x, s, !backward);
    }

    /** The first s positions, which have none before them. */
    private String rest(String x, int s, boolean backward) {
        return backward ? graph.slice(x, 1, length - s, length) : graph.slice(x, 1, 0, s);
    }

    private String joined(String rest, String others, boolean backward) {
        return backward ? graph.concat(1, others, rest) : graph.concat(1, rest, others);
    }

    private String constant(double[] values, int from) {
        float[] floats = new float[p];
        for (int i = 0; i < p; i++) {
            floats[i] = (float) values[from + i];
        }
        return graph.floats(floats, p);
    }
}
