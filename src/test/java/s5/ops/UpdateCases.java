package s5.ops;

import s5.ops.UpdateOp.Adam;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/** Cases of the optimizers, and of what is done with gradients and parameters besides. */
final class UpdateCases {
    private static final List<List<Integer>> SIZES =
            List.of(
                    List.of(1),
                    List.of(7, 1, 3),
                    List.of(129, 33, 2, 1025, 5000),
                    List.of(96, 96, 96 * 64 * 2, 1, 7, 33, 2, 3, 129, 10, 64, 31));

    private UpdateCases() {}

    static Stream<OpCase> all() {
        return Stream.of(
                        adam(),
                        SIZES.stream().flatMap(UpdateCases::accumulate),
                        SIZES.stream().flatMap(UpdateCases::clipNorm),
                        SIZES.stream().flatMap(UpdateCases::sgd),
                        SIZES.stream().flatMap(UpdateCases::average),
                        updates())
                .flatMap(cases -> cases);
    }

    private static List<Tensor> in(Draft d, String name, List<Integer> sizes, DoubleSupplier next) {
        List<Tensor> all = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            all.add(d.in(Tensor.parameter(name + i, sizes.get(i)), next));
        }
        return all;
    }

    private static List<Tensor> inOut(
            Draft d, String name, List<Integer> sizes, DoubleSupplier next) {
        List<Tensor> all = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            all.add(d.inOut(Tensor.state(name + i, sizes.get(i)), next));
        }
        return all;
    }

    /** Gradients over many orders of size, and now and then none. */
    private static double gradient(Draft d) {
        return d.index(7) == 0 ? 0 : d.normal() * Math.pow(10, d.uniform(-4, 0));
    }

    /** Large rates, so that an error of the update shows beside the parameter. */
    private static Tensor rates(Draft d, boolean pending, boolean fresh) {
        return d.in(
                Tensor.input("rates", Rates.SIZE),
                0.7f,
                0.3f,
                3.4f,
                250f,
                pending ? 1 : 0,
                fresh ? 1 : 0,
                0.125f);
    }

    private static Stream<OpCase> adam() {
        return SIZES.stream()
                .flatMap(sizes ->
                        Stream.of(0f, 0.05f)
                                .flatMap(decay ->
                                        Stream.of(
                                                adam(sizes, decay, Rates.SSM, false, false),
                                                adam(sizes, decay, Rates.REGULAR, false, false),
                                                adam(sizes, decay, Rates.REGULAR, true, false),
                                                adam(sizes, decay, Rates.SSM, false, true))));
    }

    private static OpCase adam(
            List<Integer> sizes, float decay, int rate, boolean coupled, boolean pending) {
        return OpCase.of(
                "adam %s decay=%s rate=%d%s%s"
                        .formatted(
                                sizes,
                                decay,
                                rate,
                                coupled ? ", coupled" : "",
                                pending ? ", pending" : ""),
                1,
                d -> {
                    List<Tensor> p = inOut(d, "p", sizes, d::normal);
                    List<Tensor> g = in(d, "g", sizes, () -> gradient(d));
                    List<Tensor> m = inOut(d, "m", sizes, () -> 0.1 * d.normal());
                    List<Tensor> v = inOut(d, "v", sizes, () -> d.uniform(0.01, 0.1));
                    return Program.of(
                            new Adam(p, g, m, v, rates(d, pending, false), rate, decay, coupled));
                });
    }

    private static Stream<OpCase> accumulate(List<Integer> sizes) {
        return Stream.of(true, false)
                .map(fresh ->
                        OpCase.of(
                                "accumulate %s%s".formatted(sizes, fresh ? ", fresh" : ""),
                                2,
                                d -> {
                                    List<Tensor> g = in(d, "g", sizes, () -> gradient(d));
                                    List<Tensor> sum = inOut(d, "sum", sizes, d::normal);
                                    // that an update is pending makes no difference here
                                    return Program.of(
                                            new UpdateOp.Accumulate(
                                                    g, sum, rates(d, true, fresh), 1 / 3f));
                                }));
    }

    private enum Limit {
        ABOVE,
        BELOW,
        PENDING
    }

    private static Stream<OpCase> clipNorm(List<Integer> sizes) {
        int all = sizes.stream().mapToInt(i -> i).sum();
        return Stream.of(Limit.values())
                .map(limit ->
                        OpCase.of(
                                "clipNorm %s %s".formatted(sizes, limit),
                                all,
                                d -> {
                                    List<Tensor> g = inOut(d, "g", sizes, d::normal);
                                    Tensor norm = d.inOut("norm", 1);
                                    return Program.of(
                                            new UpdateOp.ClipNorm(
                                                    g,
                                                    rates(d, limit == Limit.PENDING, false),
                                                    limit == Limit.ABOVE ? 1000 : 0.01f,
                                                    norm));
                                }));
    }

    private static Stream<OpCase> sgd(List<Integer> sizes) {
        return Stream.of(0f, 0.05f)
                .flatMap(decay ->
                        Stream.of(true, false)
                                .map(pending ->
                                        OpCase.of(
                                                "sgd %s decay=%s%s"
                                                        .formatted(
                                                                sizes,
                                                                decay,
                                                                pending ? ", pending" : ""),
                                                2,
                                                d -> sgd(d, sizes, decay, pending))));
    }

    private static Program sgd(Draft d, List<Integer> sizes, float decay, boolean pending) {
        List<Tensor> p = inOut(d, "p", sizes, d::normal);
        List<Tensor> g = in(d, "g", sizes, () -> gradient(d));
        List<Tensor> m = inOut(d, "m", sizes, d::normal);
        return Program.of(
                new UpdateOp.Sgd(p, g, m, rates(d, pending, false), Rates.REGULAR, 0.9f, decay));
    }

    private static Stream<OpCase> average(List<Integer> sizes) {
        return Stream.of(true, false)
                .map(pending ->
                        OpCase.of(
                                "average %s%s".formatted(sizes, pending ? ", pending" : ""),
                                2,
                                d -> {
                                    List<Tensor> p = in(d, "p", sizes, d::normal);
                                    List<Tensor> average = inOut(d, "e", sizes, d::normal);
                                    return Program.of(
                                            new UpdateOp.Average(
                                                    p, average, rates(d, pending, false)));
                                }));
    }

    // ---- all of it together
    // ----------------------------------------------------------------------

    private static Stream<OpCase> updates() {
        return SIZES.stream()
                .filter(sizes -> sizes.size() > 1)
                .flatMap(sizes ->
                        Stream.of(true, false)
                                .flatMap(sums ->
                                        Stream.of(true, false)
                                                .map(descent -> updates(sizes, sums, descent))));
    }

    /** The update of two groups, the second of one tensor, as a training step has it. */
    private static OpCase updates(List<Integer> sizes, boolean sums, boolean descent) {
        return OpCase.of(
                "step: update %s%s%s"
                        .formatted(sizes, sums ? ", of sums" : "", descent ? ", sgd" : ", adam"),
                sizes.stream().mapToInt(i -> i).sum(),
                d -> {
                    List<Tensor> p = inOut(d, "p", sizes, d::normal);
                    List<Tensor> raw =
                            sums
                                    ? in(d, "g", sizes, () -> gradient(d))
                                    : inOut(d, "g", sizes, () -> gradient(d));
                    List<Tensor> m = inOut(d, "m", sizes, () -> 0.1 * d.normal());
                    Tensor rates = rates(d, false, false);
                    Program program = new Program();
                    List<Tensor> g = raw;
                    if (sums) {
                        g = inOut(d, "sum", sizes, d::normal);
                        program.add(new UpdateOp.Accumulate(raw, g, rates, 0.5f));
                    }
                    program.add(new UpdateOp.ClipNorm(g, rates, 0.5f, d.inOut("norm", 1)));
                    int cut = sizes.size() - 1;
                    List<Tensor> v =
                            descent ? List.of() : inOut(d, "v", sizes, () -> d.uniform(0.01, 0.1));
                    for (int[] range : new int[][] {{0, cut}, {cut, cut + 1}}) {
                        List<Tensor> ps = p.subList(range[0], range[1]);
                        List<Tensor> gs = g.subList(range[0], range[1]);
                        List<Tensor> ms = m.subList(range[0], range[1]);
                        program.add(
                                descent
                                        ? new UpdateOp.Sgd(ps, gs, ms, rates, Rates.SSM, 0.9f, 0)
                                        : new Adam(
                                                ps,
                                                gs,
                                                ms,
                                                v.subList(range[0], range[1]),
                                                rates,
                                                Rates.SSM,
                                                0.05f));
                    }
                    List<Tensor> average = inOut(d, "e", sizes, d::normal);
                    program.add(new UpdateOp.Average(p, average, rates));
                    return program;
                });
    }
}
