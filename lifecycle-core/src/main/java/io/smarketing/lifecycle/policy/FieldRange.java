package io.smarketing.lifecycle.policy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values one field may still have when several comparisons are to hold at once. Numbers are BigDecimals without
 * trailing zeros, so that 5 and 5.0 are the same; other values are texts or booleans.
 */
final class FieldRange {

    /** Above this many whole numbers between two bounds nobody looks whether all of them are excluded. */
    private static final int FEW = 1_000;

    private final boolean whole;
    private final Set<Object> excluded = new HashSet<>();
    private @Nullable Set<Object> allowed;
    private @Nullable BigDecimal low;
    private boolean lowIncluded;
    private @Nullable BigDecimal high;
    private boolean highIncluded;

    FieldRange(AttributeType type) {
        this.whole = type == AttributeType.INT;
        if (type == AttributeType.BOOL) {
            allowed = Set.of(true, false);
        }
    }

    private FieldRange(FieldRange other) {
        whole = other.whole;
        excluded.addAll(other.excluded);
        allowed = other.allowed;
        low = other.low;
        lowIncluded = other.lowIncluded;
        high = other.high;
        highIncluded = other.highIncluded;
    }

    /** What remains when the comparison holds too. */
    FieldRange and(Comparison comparison) {
        FieldRange range = new FieldRange(this);
        Collection<Object> values = comparison.values();
        switch (comparison.relation()) {
            case IN -> range.keep(values);
            case NOT_IN -> range.excluded.addAll(values);
            case LESS -> range.below(number(values), false);
            case AT_MOST -> range.below(number(values), true);
            case GREATER -> range.above(number(values), false);
            case AT_LEAST -> range.above(number(values), true);
        }
        return range;
    }

    private static BigDecimal number(Collection<Object> values) {
        return (BigDecimal) values.iterator().next();
    }

    private void keep(Collection<Object> values) {
        Set<Object> kept = new HashSet<>(values);
        if (allowed != null) {
            kept.retainAll(allowed);
        }
        allowed = kept;
    }

    private void below(BigDecimal bound, boolean included) {
        BigDecimal end = whole ? bound.setScale(0, RoundingMode.FLOOR) : bound;
        boolean moved = whole && end.compareTo(bound) != 0;
        boolean ends = included || moved;
        if (whole && !ends) {
            end = end.subtract(BigDecimal.ONE);
            ends = true;
        }
        int order = high == null ? -1 : end.compareTo(high);
        if (order < 0 || (order == 0 && !ends)) {
            high = end;
            highIncluded = ends;
        }
    }

    private void above(BigDecimal bound, boolean included) {
        BigDecimal end = whole ? bound.setScale(0, RoundingMode.CEILING) : bound;
        boolean moved = whole && end.compareTo(bound) != 0;
        boolean ends = included || moved;
        if (whole && !ends) {
            end = end.add(BigDecimal.ONE);
            ends = true;
        }
        int order = low == null ? 1 : end.compareTo(low);
        if (order > 0 || (order == 0 && !ends)) {
            low = end;
            lowIncluded = ends;
        }
    }

    boolean isEmpty() {
        if (allowed != null) {
            return allowed.stream().noneMatch(value -> !excluded.contains(value) && isWithin(value));
        }
        if (low == null || high == null) {
            return false;
        }
        int order = low.compareTo(high);
        if (order > 0 || (order == 0 && (!lowIncluded || !highIncluded || excludes(low)))) {
            return true;
        }
        return whole && high.subtract(low).compareTo(BigDecimal.valueOf(FEW)) < 0 && allExcluded(low, high);
    }

    private boolean allExcluded(BigDecimal from, BigDecimal to) {
        for (BigDecimal number = from; number.compareTo(to) <= 0; number = number.add(BigDecimal.ONE)) {
            if (!excludes(number)) {
                return false;
            }
        }
        return true;
    }

    private boolean excludes(BigDecimal number) {
        return excluded.contains(number.stripTrailingZeros());
    }

    private boolean isWithin(Object value) {
        if (!(value instanceof BigDecimal number)) {
            return true;
        }
        if (whole && number.scale() > 0) {
            return false;
        }
        int aboveLow = low == null ? 1 : number.compareTo(low);
        int belowHigh = high == null ? 1 : high.compareTo(number);
        return (aboveLow > 0 || (aboveLow == 0 && lowIncluded)) && (belowHigh > 0 || (belowHigh == 0 && highIncluded));
    }

    enum Relation {
        IN,
        NOT_IN,
        LESS,
        AT_MOST,
        GREATER,
        AT_LEAST;

        Relation negated() {
            return switch (this) {
                case IN -> NOT_IN;
                case NOT_IN -> IN;
                case LESS -> AT_LEAST;
                case AT_MOST -> GREATER;
                case GREATER -> AT_MOST;
                case AT_LEAST -> LESS;
            };
        }

        /** The relation with its sides exchanged. */
        Relation mirrored() {
            return switch (this) {
                case LESS -> GREATER;
                case AT_MOST -> AT_LEAST;
                case GREATER -> LESS;
                case AT_LEAST -> AT_MOST;
                case IN, NOT_IN -> this;
            };
        }
    }

    /**
     * A field compared with constants.
     *
     * @param field as rules write it, {@code lead.employees} or {@code has(lead.employees)}
     * @param values one for an order; {@code ==} is IN with one
     * @param offset where it begins in the condition, in code points
     * @param words how it is told, with its negation taken in
     */
    record Comparison(
            String field, AttributeType type, Relation relation, List<Object> values, int offset, String words) {

        /** Whether both can hold of one lead. */
        boolean agreesWith(Comparison other) {
            return !new FieldRange(type).and(this).and(other).isEmpty();
        }
    }
}
