package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.lead.LeadEvent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The different values of an attribute, each with its code; 0 is the missing one. Not thread-safe while it grows. */
final class Values {

    private static final int TEXT = 0;
    private static final int WHOLE = 1;
    private static final int DECIMAL = 2;
    private static final int TRUTH = 3;
    private static final int COMPOSITE = 4;

    private final List<@Nullable Object> values = new ArrayList<>();
    private final Map<Object, Integer> codes = new HashMap<>();

    Values() {
        values.add(null);
    }

    int code(@Nullable Object value) {
        if (value == null) {
            return 0;
        }
        Integer code = codes.get(value);
        if (code == null) {
            code = values.size();
            values.add(value);
            codes.put(value, code);
        }
        return code;
    }

    int size() {
        return values.size();
    }

    @Nullable Object value(int code) {
        return values.get(code);
    }

    /** Of texts. */
    @Nullable String text(int code) {
        return (String) values.get(code);
    }

    void write(PackedOutput output) {
        output.unsigned(values.size() - 1L);
        for (Object value : values.subList(1, values.size())) {
            if (value instanceof String text) {
                output.octet(TEXT).text(text);
            } else if (value instanceof Long number) {
                output.octet(WHOLE).signed(number);
            } else if (value instanceof BigDecimal number) {
                output.octet(DECIMAL).text(number.toString());
            } else if (value instanceof Boolean truth) {
                output.octet(TRUTH).octet(truth ? 1 : 0);
            } else if (value instanceof LeadEvent.Composite composite) {
                output.octet(COMPOSITE).text(composite.json());
            } else {
                throw new IllegalArgumentException("an attribute holds a " + value);
            }
        }
    }

    static Values read(PackedInput input) {
        Values values = new Values();
        for (long left = input.unsigned(); left > 0; left--) {
            values.values.add(
                    switch (input.octet()) {
                        case TEXT -> input.text();
                        case WHOLE -> (Object) input.signed();
                        case DECIMAL -> new BigDecimal(input.text());
                        case TRUTH -> (Object) (input.octet() == 1);
                        default -> new LeadEvent.Composite(input.text());
                    });
        }
        return values;
    }
}
