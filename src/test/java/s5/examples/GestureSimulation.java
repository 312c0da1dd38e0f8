package s5.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Draws examples/gestures.csv: a hand that moves a sensor with two axes of acceleration, 50 times a
 * second. What is drawn of each recording, uniformly unless said otherwise:
 *
 * <ul>
 *   <li>60 to 120 positions, the gesture somewhere in them: 50 to 70 % of them, stillness around it
 *   <li>strength 0.6 to 1.4, speed 1.2 to 2.2 turns a second, phase 0 to 2 pi, and a sensor held
 *       askew by up to 0.3 rad
 *   <li>clockwise and counterclockwise: circles, x = cos, y = -+ sin, one axis a quarter turn
 *       before the other, so that neither axis alone tells them apart
 *   <li>wave: to and fro along an axis at any angle; shake: the same at three times the speed
 *   <li>noise: normal, deviation 0.25 on both axes; a constant offset of deviation 0.2 on each
 * </ul>
 *
 * <p>The same seed gives the same file, on any machine: {@link StrictMath}.
 */
public final class GestureSimulation {
    static final String[] CLASSES = {"clockwise", "counterclockwise", "wave", "shake"};

    private final SplittableRandom random;
    private final StringBuilder csv = new StringBuilder();

    private GestureSimulation(long seed) {
        random = new SplittableRandom(seed);
    }

    /** {@return recordings of all classes in turn, with the gesture's name or without} */
    static String csv(int recordings, long seed, String prefix, boolean labelled) {
        GestureSimulation simulation = new GestureSimulation(seed);
        simulation.csv.append(labelled ? "id,x,y,gesture\n" : "id,x,y\n");
        for (int i = 0; i < recordings; i++) {
            simulation.recording("%s%03d".formatted(prefix, i), i % CLASSES.length, labelled);
        }
        return simulation.csv.toString();
    }

    private void recording(String id, int label, boolean labelled) {
        int length = random.nextInt(60, 121);
        int duration = (int) (length * between(0.5, 0.7));
        int start = random.nextInt(0, length - duration + 1);
        double strength = between(0.6, 1.4);
        double speed = between(1.2, 2.2) * (label == 3 ? 3 : 1);
        double phase = between(0, 2 * Math.PI);
        double askew = between(-0.3, 0.3);
        double angle = between(0, Math.PI); // of waves
        double offsetX = 0.2 * normal();
        double offsetY = 0.2 * normal();
        for (int k = 0; k < length; k++) {
            double x = 0;
            double y = 0;
            if (k >= start && k < start + duration) {
                double turn = 2 * Math.PI * speed * (k - start) / 50 + phase;
                double a = strength * StrictMath.cos(turn);
                double b = strength * StrictMath.sin(turn);
                x = label <= 1 ? a : a * StrictMath.cos(angle);
                y = label == 0 ? -b : label == 1 ? b : a * StrictMath.sin(angle);
            }
            double seenX = x * StrictMath.cos(askew) - y * StrictMath.sin(askew);
            double seenY = x * StrictMath.sin(askew) + y * StrictMath.cos(askew);
            csv.append(id).append(',');
            csv.append(number(seenX + offsetX + 0.25 * normal())).append(',');
            csv.append(number(seenY + offsetY + 0.25 * normal()));
            csv.append(labelled ? "," + CLASSES[label] : "").append('\n');
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value).replaceFirst("^-0.00$", "0.00");
    }

    private double between(double least, double most) {
        return least + (most - least) * random.nextDouble();
    }

    /** By Box and Muller. */
    private double normal() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
    }

    /**
     * Writes both files.
     *
     * @param args the folder examples
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Files.writeString(folder.resolve("gestures.csv"), csv(240, 5, "g", true));
        Files.writeString(folder.resolve("gestures-new.csv"), csv(8, 6, "n", false));
    }
}
