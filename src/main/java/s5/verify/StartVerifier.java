package s5.verify;

import s5.UserError;
import s5.model.Hippo;
import s5.train.rule.Schedule;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares HiPPO start values and learning-rate schedules, which run on no backend, with official
 * numbers.
 */
final class StartVerifier {
    private static final Pattern HIPPO =
            Pattern.compile("hippo(\\d{1,3})/(A|Lambda_re|Lambda_im|abs_V)");
    private static final Pattern SCHEDULE =
            Pattern.compile(
                    "schedule/(cosine|linear_warmup)_base([0-9.e-]+)_end(\\d{1,9})(?:_min([0-9.e-]+))?");

    private StartVerifier() {}

    static Errors verify(GoldenFile golden) {
        Errors errors = new Errors();
        for (String name : golden.arrays().arrays().keySet()) {
            float[] official = golden.arrays().get(name).values();
            Matcher hippo = HIPPO.matcher(name);
            Matcher schedule = SCHEDULE.matcher(name);
            if (hippo.matches()) {
                boolean vectors = hippo.group(2).equals("abs_V");
                Comparison comparison = vectors ? Comparison.EIGENVECTORS : Comparison.START;
                errors.add(comparison, name, hippo(golden, name, hippo));
            } else if (schedule.matches()) {
                errors.add(Comparison.START, name, schedule(schedule, official));
            } else {
                throw new UserError(
                        golden.file()
                                + ": no file of official numbers: it has no settings, and array '"
                                + name
                                + "' is unknown");
            }
        }
        return errors;
    }

    /** Error relative to the largest official value: of A, the eigenvalues, or |V|. */
    private static double hippo(GoldenFile golden, String name, Matcher match) {
        int n = Integer.parseInt(match.group(1));
        String what = match.group(2);
        boolean square = what.equals("A") || what.equals("abs_V");
        float[] official = square ? golden.array(name, n, n) : golden.array(name, n);
        Hippo hippo = Hippo.of(n);
        double[] values =
                switch (what) {
                    case "A" -> Hippo.matrix(n);
                    case "Lambda_re" -> hippo.lambdaRe();
                    case "Lambda_im" -> hippo.lambdaIm();
                    default -> magnitudes(hippo);
                };
        double worst = 0;
        double size = 0;
        for (int i = 0; i < official.length; i++) {
            worst = Math.max(worst, Math.abs(values[i] - official[i]));
            size = Math.max(size, Math.abs(official[i]));
        }
        return worst / size;
    }

    private static double[] magnitudes(Hippo hippo) {
        double[] out = new double[hippo.vRe().length];
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.hypot(hippo.vRe()[i], hippo.vIm()[i]);
        }
        return out;
    }

    private static double schedule(Matcher match, float[] official) {
        double base = Double.parseDouble(match.group(2));
        int end = Integer.parseInt(match.group(3));
        double min = match.group(4) == null ? 0 : Double.parseDouble(match.group(4));
        double worst = 0;
        for (int step = 0; step < official.length; step++) {
            double rate =
                    match.group(1).equals("cosine")
                            ? Schedule.cosine(step, base, end, min)
                            : Schedule.linearWarmup(step, base, end);
            worst = Math.max(worst, Math.abs(rate - official[step]) / base);
        }
        return worst;
    }
}
