package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.event.EventType;
import io.smarketing.lifecycle.yaml.YamlDocument;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the items of a mapping's {@code events}. */
final class EventRuleReader {

    private static final Pattern ATTRIBUTE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String ATTRIBUTES = "attributes";
    private static final String TIME_MEND = "name the column, as time: {column: created_at, format: yyyy-MM-dd}";

    private final ZoneId zone;

    /**
     * Reads for one mapping.
     *
     * @param zone that of dates and times written without an offset
     */
    EventRuleReader(ZoneId zone) {
        this.zone = zone;
    }

    /** The rule, or empty when something it cannot do without is missing, which the document is told. */
    Optional<EventRule> read(YamlDocument.Mapping event, Columns columns) {
        event.onlyKeys(List.of("from", "type", "lead", "time", "id", "when", "data"));
        Optional<EventType> type = type(event);
        Column lead = columns.named(event.required("lead", "name the column with the lead's id, as lead: contact_id"));
        YamlDocument.@Nullable Value timePlace = event.required("time", TIME_MEND);
        Optional<EventTime> time = timePlace == null ? Optional.empty() : Optional.of(time(timePlace, columns));
        YamlDocument.@Nullable Value idPlace = event.optional("id");
        IdTemplate id = idPlace == null ? null : IdTemplate.read(idPlace, columns);
        List<RowCondition> when = conditions(event.optional("when"), columns);
        if (type.isEmpty() || time.isEmpty()) {
            return Optional.empty();
        }
        List<DataField> data = data(event, DataForm.of(type.get()), columns);
        return Optional.of(new EventRule(event.path(), type.get(), when, lead, time.get(), id, data));
    }

    private static Optional<EventType> type(YamlDocument.Mapping event) {
        List<String> words = DataForm.typeWords();
        YamlDocument.@Nullable Value place =
                event.required("type", "name the event, one of " + String.join(", ", words));
        if (place == null) {
            return Optional.empty();
        }
        String word = place.text();
        Optional<EventType> type = DataForm.type(word);
        if (type.isEmpty() && !word.isBlank()) {
            place.oneOf(words);
        }
        return type;
    }

    private EventTime time(YamlDocument.Value place, Columns columns) {
        if (place.isScalar()) {
            return new EventTime(columns.named(place), TimeFormat.ISO, zone);
        }
        YamlDocument.Mapping time = place.mapping();
        time.onlyKeys(List.of("column", "format"));
        Column column = columns.named(time.required("column", TIME_MEND));
        YamlDocument.@Nullable Value formatPlace = time.optional("format");
        return new EventTime(column, formatPlace == null ? TimeFormat.ISO : formats(formatPlace), zone);
    }

    private static List<TimeFormat> formats(YamlDocument.Value place) {
        List<TimeFormat> formats = new ArrayList<>();
        for (YamlDocument.Value item : itemsOf(place)) {
            String pattern = item.text();
            if (!pattern.isBlank()) {
                try {
                    formats.add(TimeFormat.ofPattern(pattern));
                } catch (IllegalArgumentException e) {
                    item.error(
                            "'%s' is no pattern of a time: %s".formatted(pattern, e.getMessage()),
                            "write a java.time pattern, as yyyy-MM-dd or dd/MM/yyyy HH:mm:ss, or with AM/PM hh:mm a");
                }
            }
        }
        formats.add(TimeFormat.ISO_OFFSET);
        return formats;
    }

    private static List<YamlDocument.Value> itemsOf(YamlDocument.Value place) {
        return place.isList() ? place.items() : List.of(place);
    }

    private static List<RowCondition> conditions(YamlDocument.@Nullable Value place, Columns columns) {
        List<RowCondition> conditions = new ArrayList<>();
        if (place != null) {
            for (YamlDocument.Value item : itemsOf(place)) {
                YamlDocument.Mapping condition = item.mapping();
                condition.onlyKeys(List.of("column", "equals", "notEquals", "in", "blank"));
                Column column = columns.named(condition.required("column", "write {column: stage, equals: Won}"));
                List<Predicate<String>> tests = tests(condition);
                if (condition.keys().equals(Set.of("column"))) {
                    condition.error("asks nothing of the column", "add equals, notEquals, in or blank");
                }
                tests.forEach(test -> conditions.add(new RowCondition(column, test)));
            }
        }
        return conditions;
    }

    private static List<Predicate<String>> tests(YamlDocument.Mapping condition) {
        List<Predicate<String>> tests = new ArrayList<>();
        YamlDocument.@Nullable Value equal = condition.optional("equals");
        if (equal != null) {
            tests.add(equal.text()::equals);
        }
        YamlDocument.@Nullable Value notEqual = condition.optional("notEquals");
        if (notEqual != null) {
            tests.add(Predicate.not(notEqual.text()::equals));
        }
        YamlDocument.@Nullable Value in = condition.optional("in");
        if (in != null) {
            Set<String> texts =
                    in.items().stream().map(YamlDocument.Value::text).collect(Collectors.toSet());
            tests.add(texts::contains);
        }
        YamlDocument.@Nullable Value blank = condition.optional("blank");
        if (blank != null) {
            boolean wanted = blank.oneOf(List.of("true", "false")).equals("true");
            tests.add(cell -> cell.isEmpty() == wanted);
        }
        return tests;
    }

    private static List<DataField> data(YamlDocument.Mapping event, DataForm form, Columns columns) {
        YamlDocument.@Nullable Value place = event.optional("data");
        List<DataField> fields = new ArrayList<>();
        if (place != null) {
            readFields(place.mapping(), List.of(), form, columns, fields);
        }
        Set<String> given =
                fields.stream().map(field -> String.join(".", field.path())).collect(Collectors.toSet());
        for (String required : form.required()) {
            if (!given.contains(required)) {
                event.error(
                        "the event needs 'data.%s'".formatted(required),
                        "give it a column, or a constant as {constant: …}");
            }
        }
        return fields;
    }

    /** Reads the fields of {@code data}, or of the object in it at the path. */
    private static void readFields(
            YamlDocument.Mapping mapping, List<String> path, DataForm form, Columns columns, List<DataField> fields) {
        Set<String> known = form.namesUnder(path);
        mapping.onlyKeys(known);
        for (String name : mapping.keys()) {
            YamlDocument.@Nullable Value value = mapping.optional(name);
            if (value == null || !known.contains(name)) {
                continue;
            }
            List<String> inner = new ArrayList<>(path);
            inner.add(name);
            ValueType type = form.fields().get(String.join(".", inner));
            if (type != null) {
                fields.add(field(value, inner, type, columns));
            } else if (inner.equals(List.of(ATTRIBUTES))) {
                readAttributes(value.mapping(), columns, fields);
            } else {
                readFields(value.mapping(), inner, form, columns, fields);
            }
        }
    }

    private static void readAttributes(YamlDocument.Mapping attributes, Columns columns, List<DataField> fields) {
        for (String name : attributes.keys()) {
            if (!ATTRIBUTE.matcher(name).matches()) {
                attributes
                        .keyOf(name)
                        .error(
                                "no policy could read an attribute '%s'".formatted(name),
                                "use letters, digits and '_', a letter first");
            }
            YamlDocument.@Nullable Value value = attributes.optional(name);
            if (value != null) {
                fields.add(field(value, List.of(ATTRIBUTES, name), null, columns));
            }
        }
    }

    /** Reads where a field's value comes from; an attribute has no type of its own and may be read as any. */
    private static DataField field(
            YamlDocument.Value place, List<String> path, @Nullable ValueType own, Columns columns) {
        boolean isAttribute = own == null;
        ValueType type = own == null ? ValueType.STRING : own;
        if (place.isScalar()) {
            Column column = columns.named(place, "; a text of your own is written {constant: USD}");
            return new DataField(path, type, isAttribute, column, null);
        }
        YamlDocument.Mapping value = place.mapping();
        value.onlyKeys(List.of("column", "constant", "as"));
        YamlDocument.@Nullable Value asPlace = value.optional("as");
        if (asPlace != null) {
            ValueType as = ValueType.of(asPlace.oneOf(ValueType.words()));
            if (own != null && !own.admits(as)) {
                asPlace.error("the field is %s".formatted(own.wanted()), "leave `as` out");
            }
            type = as;
        }
        YamlDocument.@Nullable Value columnPlace = value.optional("column");
        YamlDocument.@Nullable Value constantPlace = value.optional("constant");
        if ((columnPlace == null) == (constantPlace == null)) {
            value.error("should have a column or a constant", "write {column: amount} or {constant: USD}");
        }
        return constantPlace == null
                ? new DataField(path, type, isAttribute, columns.named(columnPlace), null)
                : new DataField(path, type, isAttribute, null, constant(constantPlace, type));
    }

    private static @Nullable JsonNode constant(YamlDocument.Value place, ValueType type) {
        String text = place.text();
        Optional<JsonNode> value = type.parse(text);
        if (value.isEmpty() && !text.isBlank()) {
            place.error("'%s' is not %s".formatted(text, type.wanted()), type.mend());
        }
        return value.orElse(null);
    }
}
