package io.smarketing.lifecycle.lead;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Which numbers can be added up. 1e100000000 is a short text and a long number: a sum with it takes hours and gigabytes, so
 * that none is taken from outside, and one that a history holds is in no sum.
 */
public final class Amount {

    /** Most digits behind the point, zeros at the end not counted. */
    public static final int MOST_DECIMALS = 18;

    private static final BigDecimal LEAST = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

    private Amount() {}

    /** Whether a number is of the range of a long, whatever its fraction. */
    public static boolean isInRange(BigDecimal number) {
        return number.compareTo(LEAST) >= 0 && number.compareTo(MOST) <= 0;
    }

    /** Whether its fraction is told in {@link #MOST_DECIMALS} digits. */
    public static boolean isPlain(BigDecimal number) {
        return number.scale() <= MOST_DECIMALS || number.stripTrailingZeros().scale() <= MOST_DECIMALS;
    }

    /** The number as it is added; null where there is none, or none that can be added. */
    public static @Nullable BigDecimal summand(@Nullable BigDecimal number) {
        if (number == null || !isInRange(number) || !isPlain(number)) {
            return null;
        }
        // A zero may have any exponent, and a sum would be written out to it.
        return number.signum() == 0 ? BigDecimal.ZERO : number;
    }
}
