package io.smarketing.lifecycle.policy;

/**
 * Weights of a halving quantity in 32-bit fixed point: 2^32 at age 0, half of it per half-life, in 256 steps between.
 * Integers only, so that every thread and every machine gets the same sum.
 */
public final class Decay {

    /** The weight of an occurrence that has just happened. */
    public static final long WHOLE = 1L << 32;

    private static final int FRACTION_BITS = 32;

    private static final int STEPS = 256;
    private static final long[] TABLE = new long[STEPS];

    static {
        for (int k = 0; k < STEPS; k++) {
            TABLE[k] = (long) StrictMath.floor(StrictMath.pow(2, FRACTION_BITS - k / (double) STEPS));
        }
    }

    private Decay() {}

    /**
     * ⌊2^(32 − k/256)⌋ >> ⌊age/halfLife⌋ with k = ⌊256·(age mod halfLife)/halfLife⌋.
     *
     * @param age microseconds, not negative
     * @param halfLife microseconds, positive
     */
    public static long weight(long age, long halfLife) {
        long halvings = age / halfLife;
        if (halvings > FRACTION_BITS) {
            return 0;
        }
        return TABLE[(int) (STEPS * (age % halfLife) / halfLife)] >> halvings;
    }
}
