package io.smarketing.lifecycle.funnel;

import io.smarketing.lifecycle.lead.LeadEvent;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** An attribute's value, packed with what kind it is of. The numbers stand on disk. */
public final class PackedValue {

    private static final int NOTHING = 0;
    private static final int TEXT = 1;
    private static final int INTEGER = 2;
    private static final int DECIMAL = 3;
    private static final int TRUE = 4;
    private static final int FALSE = 5;
    private static final int COMPOSITE = 6;

    private PackedValue() {}

    public static void write(@Nullable Object value, PackedOutput output) {
        if (value == null) {
            output.octet(NOTHING);
        } else if (value instanceof String text) {
            output.octet(TEXT).text(text);
        } else if (value instanceof Long number) {
            output.octet(INTEGER).signed(number);
        } else if (value instanceof BigDecimal number) {
            output.octet(DECIMAL).text(number.toString());
        } else if (value instanceof Boolean truth) {
            output.octet(truth ? TRUE : FALSE);
        } else if (value instanceof LeadEvent.Composite composite) {
            output.octet(COMPOSITE).text(composite.json());
        } else {
            throw new IllegalArgumentException("an attribute of " + value.getClass());
        }
    }

    /**
     * Reads what was written.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static @Nullable Object read(PackedInput input) {
        int kind = input.octet();
        return switch (kind) {
            case NOTHING -> null;
            case TEXT -> input.text();
            case INTEGER -> (Object) input.signed();
            case DECIMAL -> new BigDecimal(input.text());
            case TRUE -> true;
            case FALSE -> false;
            case COMPOSITE -> new LeadEvent.Composite(input.text());
            default -> throw new IllegalArgumentException("an attribute of kind " + kind);
        };
    }
}
