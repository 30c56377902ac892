package io.smarketing.lifecycle.standalone.csv;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What a cell is read as. */
enum ValueType {
    STRING("a text", "write a text"),
    INT("a whole number", "write digits only, as 1250"),
    DECIMAL("a number", "write digits with a point before the decimals and none between thousands, as 1250.50"),
    BOOL("true or false", "write true or false, yes or no, 1 or 0");

    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d{1,100}(\\.\\d{0,100})?|\\.\\d{1,100})");
    private static final Set<String> TRUE = Set.of("true", "yes", "1");
    private static final Set<String> FALSE = Set.of("false", "no", "0");

    private final String wanted;
    private final String mend;

    ValueType(String wanted, String mend) {
        this.wanted = wanted;
        this.mend = mend;
    }

    /** The words a mapping writes behind {@code as}. */
    static List<String> words() {
        return Arrays.stream(values()).map(ValueType::word).toList();
    }

    static ValueType of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    String wanted() {
        return wanted;
    }

    String mend() {
        return mend;
    }

    /** Whether every value of the other type may stand where this one is asked for. */
    boolean admits(ValueType other) {
        return this == other || (this == DECIMAL && other == INT);
    }

    /** The value, or empty when the text is none of this type; spaces around all but texts are passed over. */
    Optional<JsonNode> parse(String text) {
        return switch (this) {
            case STRING -> Optional.of(JsonNodeFactory.instance.stringNode(text));
            case INT -> number(text).flatMap(ValueType::whole);
            case DECIMAL -> number(text).map(JsonNodeFactory.instance::numberNode);
            case BOOL -> bool(text.strip().toLowerCase(Locale.ROOT));
        };
    }

    private static Optional<BigDecimal> number(String text) {
        String digits = text.strip();
        return NUMBER.matcher(digits).matches() ? Optional.of(new BigDecimal(digits)) : Optional.empty();
    }

    /** Spreadsheets write whole numbers as 85.0. */
    private static Optional<JsonNode> whole(BigDecimal number) {
        try {
            return Optional.of(JsonNodeFactory.instance.numberNode(number.longValueExact()));
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Optional<JsonNode> bool(String word) {
        boolean isTrue = TRUE.contains(word);
        return isTrue || FALSE.contains(word)
                ? Optional.of(JsonNodeFactory.instance.booleanNode(isTrue))
                : Optional.empty();
    }
}
