package io.smarketing.lifecycle.funnel.metric;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * A part of a whole, with the 95 % interval of Wilson (1927) without correction for continuity, which stays within 0 and 1 and is fair
 * for small numbers too. Figures have six digits, half up; null where the whole is nothing.
 */
record Proportion(long part, long whole) {

    /** The 97.5 % quantile of the normal distribution. */
    static final double Z = 1.959963984540054;

    private static final int DECIMALS = 6;

    static BigDecimal rounded(double value) {
        return BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP);
    }

    @Nullable BigDecimal rate() {
        return whole == 0
                ? null
                : BigDecimal.valueOf(part).divide(BigDecimal.valueOf(whole), DECIMALS, RoundingMode.HALF_UP);
    }

    @Nullable BigDecimal lower() {
        return whole == 0 ? null : rounded(part == 0 ? 0 : middle() - halfWidth());
    }

    @Nullable BigDecimal upper() {
        return whole == 0 ? null : rounded(part == whole ? 1 : middle() + halfWidth());
    }

    private double middle() {
        return (part + Z * Z / 2) / (whole + Z * Z);
    }

    private double halfWidth() {
        double spread = (double) part * (whole - part) / whole + Z * Z / 4;
        return Z * StrictMath.sqrt(spread) / (whole + Z * Z);
    }
}
