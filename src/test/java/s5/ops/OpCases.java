package s5.ops;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The one list of cases that every backend has to pass: every operation over odd sizes, all its
 * options, the tensors that may be null or the same, and whole training steps. {@code
 * -Ds5.case=WORD} picks those with that word in their names.
 */
public final class OpCases {
    private OpCases() {}

    public static Stream<OpCase> all() {
        return Stream.concat(small(), large());
    }

    /** All but {@link #large}. */
    public static Stream<OpCase> small() {
        return Stream.of(
                        ProductCases.all(),
                        NormCases.all(),
                        MaskCases.all(),
                        StateSpaceCases.all(),
                        ActivationCases.all(),
                        HeadCases.all(),
                        UpdateCases.all(),
                        SmoothingCases.all(),
                        RegressionCases.all(),
                        TimedCases.all(),
                        RankCases.all(),
                        StepCases.all())
                .flatMap(cases -> cases)
                .filter(OpCases::isPicked);
    }

    /** One in so many of {@link #small}, for what adds up over all of them. */
    public static Stream<OpCase> some(int every) {
        List<OpCase> all = small().toList();
        return IntStream.range(0, all.size()).filter(i -> i % every == 0).mapToObj(all::get);
    }

    /** Sizes that take a reference in double precision some seconds in all. */
    static Stream<OpCase> large() {
        return LargeCases.all().filter(OpCases::isPicked);
    }

    private static boolean isPicked(OpCase opCase) {
        return opCase.name().contains(System.getProperty("s5.case", ""));
    }
}
