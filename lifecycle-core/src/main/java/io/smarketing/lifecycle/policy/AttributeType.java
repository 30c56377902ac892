package io.smarketing.lifecycle.policy;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a rule may expect of an attribute. A number without fraction is an int, wherever it came from. */
public enum AttributeType {
    INT(SimpleType.INT),
    DOUBLE(SimpleType.DOUBLE),
    BOOL(SimpleType.BOOL),
    STRING(SimpleType.STRING);

    private final CelType celType;

    AttributeType(CelType celType) {
        this.celType = celType;
    }

    /** The words a policy writes. */
    public static List<String> words() {
        return Arrays.stream(values()).map(AttributeType::word).toList();
    }

    public static AttributeType of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    CelType celType() {
        return celType;
    }

    /**
     * The value as rules see it.
     *
     * @param value String, Long, BigDecimal, Boolean, anything else (not a scalar) or null
     * @return null when the value is missing or of another type: both are judged unknown
     */
    @Nullable Object judged(@Nullable Object value) {
        return switch (this) {
            case STRING -> value instanceof String ? value : null;
            case BOOL -> value instanceof Boolean ? value : null;
            case INT -> value instanceof Long ? value : null;
            case DOUBLE ->
                value instanceof Long number
                        ? (Object) number.doubleValue()
                        : value instanceof BigDecimal decimal ? (Object) decimal.doubleValue() : null;
        };
    }
}
