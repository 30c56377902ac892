package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.funnel.PackedValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The different values of an attribute, each with its code; 0 is the missing one. Not thread-safe while it grows. */
final class Values {

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
        values.subList(1, values.size()).forEach(value -> PackedValue.write(value, output));
    }

    static Values read(PackedInput input) {
        Values values = new Values();
        for (long left = input.unsigned(); left > 0; left--) {
            values.values.add(PackedValue.read(input));
        }
        return values;
    }
}
