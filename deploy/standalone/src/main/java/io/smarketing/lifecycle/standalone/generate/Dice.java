package io.smarketing.lifecycle.standalone.generate;

/**
 * SplitMix64 (Steele, Lea, Flood 2014). Its sequence is fixed by these lines alone, so that a seed names the same
 * history on every JVM; the logarithm and powers drawn from it are StrictMath's for the same reason.
 */
final class Dice {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    Dice(long seed) {
        state = seed;
    }

    /** A bijection of 64 bits: different inputs never collide. */
    static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    private long next() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /** In [0, bound). */
    int below(int bound) {
        return (int) (((next() >>> 32) * bound) >>> 32);
    }

    /** In [from, to). */
    long between(long from, long to) {
        return from + (long) (unit() * (to - from));
    }

    /** In [0, 1). */
    double unit() {
        return (next() >>> 11) * 0x1.0p-53;
    }

    boolean chance(double probability) {
        return unit() < probability;
    }

    /** Exponential, cut at four means. */
    long waiting(long mean) {
        return (long) (mean * Math.min(4.0, -StrictMath.log(1.0 - unit())));
    }

    /** Pareto: most draws lie near the least value, a few are hundreds of times it. */
    double pareto(double least, double alpha) {
        return least * StrictMath.pow(1.0 - unit(), -1.0 / alpha);
    }

    /** About normal, mean 0, deviation 1, within ±6: twelve uniforms. */
    double normal() {
        double sum = -6.0;
        for (int i = 0; i < 12; i++) {
            sum += unit();
        }
        return sum;
    }
}
