package io.smarketing.lifecycle.event;

import io.smarketing.lifecycle.lead.Fingerprint;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a record holds, a line per value, as {@code event.count = Integer 3}. What is null or empty has no line, so that a
 * field that comes later changes nothing in what was approved before; only an attribute that is null says something.
 */
final class FieldLines {

    private final List<String> lines = new ArrayList<>();

    private FieldLines() {}

    static List<String> of(Record record) {
        FieldLines fields = new FieldLines();
        fields.addComponents("", record);
        return List.copyOf(fields.lines);
    }

    static @Nullable Object value(Record record, RecordComponent component) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(component.toString(), e);
        }
    }

    private void addComponents(String prefix, Record record) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            add(prefix + component.getName(), value(record, component));
        }
    }

    private void add(String path, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, inner) -> addAttribute(path + "[" + escaped(String.valueOf(name)) + "]", inner));
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                add(path + "[" + i + "]", list.get(i));
            }
        } else if (value instanceof Fingerprint fingerprint) {
            lines.add(path + " = " + fingerprint.toUuid());
        } else if (value instanceof PolicyRef policy) {
            lines.add("%s = policy %s version %s".formatted(path, escaped(policy.name()), escaped(policy.version())));
        } else if (value instanceof Record record) {
            lines.add(path + " = " + record.getClass().getSimpleName());
            addComponents(path + ".", record);
        } else if (value != null) {
            lines.add("%s = %s %s".formatted(path, value.getClass().getSimpleName(), escaped(value.toString())));
        }
    }

    private void addAttribute(String path, @Nullable Object value) {
        if (value == null) {
            lines.add(path + " = null");
        } else {
            add(path, value);
        }
    }

    /** On one line, whatever it holds. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder("'");
        text.chars().forEach(c -> {
            if (Character.isISOControl(c) || c == '\\' || c == '\u2028') {
                escaped.append("\\u%04x".formatted(c));
            } else {
                escaped.append((char) c);
            }
        });
        return escaped.append('\'').toString();
    }
}
