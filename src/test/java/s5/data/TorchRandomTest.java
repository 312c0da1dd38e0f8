package s5.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

class TorchRandomTest {
    @Test
    void firstNumbersOfSeed42() {
        TorchRandom random = new TorchRandom(42);
        long[] first = new long[4];
        Arrays.setAll(first, i -> Integer.toUnsignedLong(random.random32()));
        assertArrayEquals(new long[] {1608637542L, 3421126067L, 4083286876L, 787846414L}, first);
    }

    /** The C++ standard fixes the 10,000th number of std::mt19937 (26.6.5 [rand.predef]). */
    @Test
    void tenThousandthNumberOfTheDefaultSeed() {
        TorchRandom random = new TorchRandom(5489);
        for (int i = 1; i < 10_000; i++) {
            random.random32();
        }
        assertEquals(4123659995L, Integer.toUnsignedLong(random.random32()));
    }

    @Test
    void randpermOfTen() {
        assertArrayEquals(
                new int[] {2, 6, 1, 8, 4, 5, 0, 9, 3, 7}, new TorchRandom(42).randperm(10));
    }

    @Test
    void officialSplits() {
        int[] mnist = new TorchRandom(42).randperm(60_000);
        assertPart(mnist, 0, 37542, 43087, 2992, 25810, 39634);
        assertPart(mnist, 54_000, 33841, 37977, 40521, 16882, 50296);
        int[] cifar = new TorchRandom(42).randperm(50_000);
        assertPart(cifar, 0, 37542, 44491, 216, 43688, 41558);
        assertPart(cifar, 45_000, 17408, 40845, 3378, 22188, 44921);
        int[] pathfinder = new TorchRandom(42).randperm(200_000);
        assertPart(pathfinder, 0, 37542, 143173, 127710);
        assertPart(pathfinder, 160_000, 122036, 135593, 30913);
        assertPart(pathfinder, 180_000, 143170, 45464, 153084);
    }

    private static void assertPart(int[] permutation, int from, int... expected) {
        assertArrayEquals(expected, Arrays.copyOfRange(permutation, from, from + expected.length));
    }

    @Test
    void smallPermutations() {
        assertArrayEquals(new int[0], new TorchRandom(1).randperm(0));
        assertArrayEquals(new int[] {0}, new TorchRandom(1).randperm(1));
    }

    @Test
    void belowIsUniform() {
        TorchRandom random = new TorchRandom(3);
        int draws = 100_000;
        int[] counts = new int[10];
        for (int i = 0; i < draws; i++) {
            counts[random.below(10)]++;
        }
        double chi2 = 0;
        for (int count : counts) {
            chi2 += Math.pow(count - draws / 10.0, 2) / (draws / 10.0);
        }
        assertTrue(chi2 < 27.9, "chi-squared of 9 degrees of freedom, 0.1 % level: " + chi2);
    }
}
