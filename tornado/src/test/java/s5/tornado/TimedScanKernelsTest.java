package s5.tornado;

import static s5.tornado.ScanKernelsTest.assertClose;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

import java.util.stream.Stream;

/**
 * The scan with time steps of its own over sequences of many tiles and states of several groups,
 * which the list of operations has none of.
 */
class TimedScanKernelsTest {
    private static final double TOLERANCE = 2e-5;

    static Stream<Arguments> plans() {
        // Sequences, length, states, directions.
        int[][] sizes = {
            {1, 20000, 8, 2}, {2, 700, 100, 2}, {1, 600, 97, 1}, {1, 70000, 1, 1}, {3, 257, 3, 2}
        };
        return Stream.of(sizes)
                .flatMap(s ->
                        Stream.of(false, true)
                                .map(bilinear ->
                                        Arguments.of(
                                                ScanPlan.timed(s[0], s[1], s[2], s[3]), bilinear)));
    }

    /** Parameters, time steps and inputs. */
    private static final class Inputs {
        final float[] re;
        final float[] im;
        final float[] logStep;
        final float[] dt;
        final float[] w;

        Inputs(Bed bed, ScanPlan plan) {
            int p = plan.states();
            re = bed.normal(p, -0.5f, 0.05f);
            im = bed.normal(p, -2f, 1f);
            logStep = bed.normal(p, -4f, 0.5f);
            dt = bed.normal(plan.sequences() * plan.length(), 2f, 0.5f);
            for (int i = 0; i < dt.length; i++) {
                dt[i] = Math.abs(dt[i]);
            }
            w = bed.normal(plan.sequences() * plan.length() * 2 * p, 0.1f, 1f);
        }

        /** The parameters, one behind the other. */
        float[] parameters() {
            int p = re.length;
            float[] all = new float[3 * p];
            System.arraycopy(re, 0, all, 0, p);
            System.arraycopy(im, 0, all, p, p);
            System.arraycopy(logStep, 0, all, 2 * p, p);
            return all;
        }

        TimedTasks tasks(
                KernelTasks kernels,
                ScanPlan plan,
                FloatArray parameters,
                FloatArray dt,
                boolean bilinear) {
            int p = plan.states();
            return new TimedTasks(
                    kernels,
                    plan,
                    new Part(parameters, 0),
                    new Part(parameters, p),
                    new Part(parameters, 2 * p),
                    Part.of(dt),
                    bilinear,
                    false,
                    1f);
        }
    }

    @ParameterizedTest
    @MethodSource("plans")
    void scanIsTheRecurrence(ScanPlan plan, boolean bilinear) {
        int rows = plan.sequences() * plan.length();
        Bed bed = new Bed(rows + plan.states());
        Inputs in = new Inputs(bed, plan);
        FloatArray parameters = bed.in(in.parameters());
        FloatArray dt = bed.in(in.dt);
        FloatArray w = bed.in(in.w);
        FloatArray ends = bed.scratch(plan.timedEndsSize());
        FloatArray x = bed.out(rows * 2 * plan.states() * plan.directions());
        bed.run(tasks -> in.tasks(tasks, plan, parameters, dt, bilinear).scan("scan", w, ends, x));
        double[] expected =
                new TimedReference(plan, bilinear).scan(in.re, in.im, in.logStep, in.dt, in.w);
        assertClose(expected, bed.read(x), TOLERANCE, "x, " + plan);
    }

    @ParameterizedTest
    @MethodSource("plans")
    void adjointIsTheRecurrenceTheOtherWay(ScanPlan plan, boolean bilinear) {
        int p = plan.states();
        int rows = plan.sequences() * plan.length();
        Bed bed = new Bed(rows + p);
        Inputs in = new Inputs(bed, plan);
        float[] states = bed.normal(rows * 2 * p * plan.directions(), 0.1f, 1f);
        float[] byStates = bed.normal(rows * 2 * p * plan.directions(), 0.1f, 1f);
        FloatArray parameters = bed.in(in.parameters());
        FloatArray dt = bed.in(in.dt);
        FloatArray w = bed.in(in.w);
        FloatArray x = bed.in(states);
        FloatArray dX = bed.in(byStates);
        FloatArray ends = bed.scratch(plan.timedEndsSize());
        FloatArray partial = bed.scratch(plan.timedPartialSize());
        FloatArray dW = bed.out(rows * 2 * p);
        FloatArray dRe = bed.out(p);
        // two in one array, one in another: a task for each array
        FloatArray dRest = bed.out(2 * p);
        bed.run(tasks ->
                in.tasks(tasks, plan, parameters, dt, bilinear)
                        .adjoint(
                                "adjoint",
                                w,
                                x,
                                dX,
                                ends,
                                partial,
                                dW,
                                Part.of(dRe),
                                new Part(dRest, p),
                                Part.of(dRest)));
        double[][] expected =
                new TimedReference(plan, bilinear)
                        .adjoint(in.re, in.im, in.logStep, in.dt, in.w, states, byStates);
        double[] rest = new double[2 * p];
        System.arraycopy(expected[2], 0, rest, p, p);
        System.arraycopy(expected[3], 0, rest, 0, p);
        assertClose(expected[0], bed.read(dW), TOLERANCE, "dW, " + plan);
        assertClose(expected[1], bed.read(dRe), TOLERANCE, "dLambdaRe, " + plan);
        assertClose(rest, bed.read(dRest), TOLERANCE, "dLambdaIm, dLogStep, " + plan);
    }
}
