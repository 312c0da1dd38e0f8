package s5;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What a model says of a sequence: classes with their probabilities, or numbers with their
 * deviations, once of the whole or at each position.
 *
 * <pre>{@code
 * switch (model.predict(sequence)) {
 *     case Prediction.Classes c -> System.out.println(c.name() + " with " + c.probability());
 *     case Prediction.Numbers n -> System.out.println(n.mean(0) + " +- " + n.deviation(0));
 *     case Prediction.ClassesEach c -> System.out.println(c.at(c.length() - 1).name());
 *     case Prediction.NumbersEach n -> System.out.println(n.at(n.length() - 1).mean(0));
 * }
 * }</pre>
 *
 * <p>The arrays are the caller's own. Predictions are equal where all that they hold is, bit for
 * bit.
 */
public sealed interface Prediction {

    /**
     * {@return whether the end of the sequence was left out} Only of one that allowed it, see
     * {@link Sequence#cuttable}.
     */
    boolean cut();

    /**
     * A class of the whole sequence.
     *
     * @param names of the classes
     * @param probabilities of each, with sum 1
     * @param cut see {@link Prediction#cut}
     */
    record Classes(List<String> names, float[] probabilities, boolean cut) implements Prediction {
        /** Of parts that are there. */
        public Classes {
            Objects.requireNonNull(names, "names");
            Objects.requireNonNull(probabilities, "probabilities");
        }

        /** {@return the place of the most probable class; the first of several} */
        public int likeliest() {
            int best = 0;
            for (int c = 1; c < probabilities.length; c++) {
                best = probabilities[c] > probabilities[best] ? c : best;
            }
            return best;
        }

        /** {@return the name of the most probable class} */
        public String name() {
            return names.get(likeliest());
        }

        /** {@return the probability of the most probable class} */
        public float probability() {
            return probabilities[likeliest()];
        }

        /**
         * {@return the probability of a class}
         *
         * @param name of the class
         * @throws IllegalArgumentException when there is no such class
         */
        public float probability(String name) {
            int at = names.indexOf(Objects.requireNonNull(name, "name"));
            if (at < 0) {
                throw new IllegalArgumentException(
                        "no class '%s'; there are %s".formatted(name, names));
            }
            return probabilities[at];
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Classes p
                    && names.equals(p.names)
                    && Arrays.equals(probabilities, p.probabilities)
                    && cut == p.cut;
        }

        @Override
        public int hashCode() {
            return Objects.hash(names, Arrays.hashCode(probabilities), cut);
        }

        @Override
        public String toString() {
            return "Classes[names=%s, probabilities=%s, cut=%s]"
                    .formatted(names, Arrays.toString(probabilities), cut);
        }
    }

    /**
     * Numbers of the whole sequence.
     *
     * @param names of the numbers
     * @param means what each is expected to be, in the unit of the training data
     * @param deviations the standard deviation of each
     * @param cut see {@link Prediction#cut}
     */
    record Numbers(List<String> names, double[] means, double[] deviations, boolean cut)
            implements Prediction {
        /** Of parts that are there. */
        public Numbers {
            Objects.requireNonNull(names, "names");
            Objects.requireNonNull(means, "means");
            Objects.requireNonNull(deviations, "deviations");
        }

        /**
         * {@return what a number is expected to be}
         *
         * @param i which, from 0
         */
        public double mean(int i) {
            return means[i];
        }

        /**
         * {@return the standard deviation of a number}
         *
         * @param i which, from 0
         */
        public double deviation(int i) {
            return deviations[i];
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Numbers p
                    && names.equals(p.names)
                    && Arrays.equals(means, p.means)
                    && Arrays.equals(deviations, p.deviations)
                    && cut == p.cut;
        }

        @Override
        public int hashCode() {
            return Objects.hash(names, Arrays.hashCode(means), Arrays.hashCode(deviations), cut);
        }

        @Override
        public String toString() {
            return "Numbers[names=%s, means=%s, deviations=%s, cut=%s]"
                    .formatted(names, Arrays.toString(means), Arrays.toString(deviations), cut);
        }
    }

    /**
     * A class at each position.
     *
     * @param names of the classes
     * @param probabilities (L, classes), position by position
     * @param cut see {@link Prediction#cut}
     */
    record ClassesEach(List<String> names, float[] probabilities, boolean cut)
            implements Prediction {
        /** Of parts that are there. */
        public ClassesEach {
            Objects.requireNonNull(names, "names");
            Objects.requireNonNull(probabilities, "probabilities");
        }

        /** {@return L} */
        public int length() {
            return probabilities.length / names.size();
        }

        /**
         * {@return the classes at a position}
         *
         * @param position from 0
         * @throws IndexOutOfBoundsException where the sequence has no such position
         */
        public Classes at(int position) {
            Objects.checkIndex(position, length());
            int n = names.size();
            return new Classes(
                    names,
                    Arrays.copyOfRange(probabilities, position * n, (position + 1) * n),
                    cut);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof ClassesEach p
                    && names.equals(p.names)
                    && Arrays.equals(probabilities, p.probabilities)
                    && cut == p.cut;
        }

        @Override
        public int hashCode() {
            return Objects.hash(names, Arrays.hashCode(probabilities), cut);
        }

        @Override
        public String toString() {
            return "ClassesEach[names=%s, probabilities=%s, cut=%s]"
                    .formatted(names, Arrays.toString(probabilities), cut);
        }
    }

    /**
     * Numbers at each position; of a forecast, L are the rows that come next.
     *
     * @param names of the numbers
     * @param means (L, numbers), position by position
     * @param deviations (L, numbers), likewise
     * @param cut see {@link Prediction#cut}
     */
    record NumbersEach(List<String> names, double[] means, double[] deviations, boolean cut)
            implements Prediction {
        /** Of parts that are there. */
        public NumbersEach {
            Objects.requireNonNull(names, "names");
            Objects.requireNonNull(means, "means");
            Objects.requireNonNull(deviations, "deviations");
        }

        /** {@return L} */
        public int length() {
            return means.length / names.size();
        }

        /**
         * {@return the numbers at a position}
         *
         * @param position from 0
         * @throws IndexOutOfBoundsException where the sequence has no such position
         */
        public Numbers at(int position) {
            Objects.checkIndex(position, length());
            int from = position * names.size();
            int to = from + names.size();
            return new Numbers(
                    names,
                    Arrays.copyOfRange(means, from, to),
                    Arrays.copyOfRange(deviations, from, to),
                    cut);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof NumbersEach p
                    && names.equals(p.names)
                    && Arrays.equals(means, p.means)
                    && Arrays.equals(deviations, p.deviations)
                    && cut == p.cut;
        }

        @Override
        public int hashCode() {
            return Objects.hash(names, Arrays.hashCode(means), Arrays.hashCode(deviations), cut);
        }

        @Override
        public String toString() {
            return "NumbersEach[names=%s, means=%s, deviations=%s, cut=%s]"
                    .formatted(names, Arrays.toString(means), Arrays.toString(deviations), cut);
        }
    }
}
