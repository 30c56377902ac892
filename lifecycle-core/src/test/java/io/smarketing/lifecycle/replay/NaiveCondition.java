package io.smarketing.lifecycle.replay;

import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * The conditions of {@link NaiveReplay}: comparisons of `lead.field` with a literal or a list of them, its startsWith,
 * endsWith and contains of a literal, `has(lead.field)`, !, &&, ||, and parentheses. String literals hold none of the operators, quotes, brackets or commas.
 */
final class NaiveCondition {
    private static final Pattern COMPARISON =
            Pattern.compile("lead\\.(\\w+)\\s*([=!<>]=|[<>]|in)\\s*('[^']*'|\\[[^]]*]|[-\\w.]+)");

    private static final Pattern CALL =
            Pattern.compile("lead\\.(\\w+)\\.(startsWith|endsWith|contains)\\('([^']*)'\\)");
    private static final Pattern HAS = Pattern.compile("has\\(lead\\.(\\w+)\\)");

    private NaiveCondition() {}

    /** Whether the rule's condition is true; the fields that leave it unknown are added as `rule/field`. */
    static boolean holds(JsonNode rule, JsonNode types, JsonNode lead, Set<String> unknowns) {
        String when = rule.path("when").stringValue().replace("&&", "&").replace("||", "|");
        String had = HAS.matcher(when).replaceAll(found -> fits(types, lead, found.group(1)) ? "+" : "-");
        String called = CALL.matcher(had).replaceAll(found -> call(types, lead, found));
        String compared = COMPARISON.matcher(called).replaceAll(found -> compare(types, lead, found));
        String truth = truth(compared.replace(" ", ""));
        List<String> fields = truth.startsWith("?") ? NaiveReplay.words(truth.replace('?', ' ')) : List.of();
        fields.forEach(field -> unknowns.add(rule.path("id").stringValue() + "/" + field));
        return truth.equals("+");
    }

    /** Whether the attribute is known: there, and of the type that the policy declares. */
    private static boolean fits(JsonNode types, JsonNode lead, String field) {
        JsonNode value = lead.path(field);
        BigDecimal number = value.isNumber() ? value.decimalValue().stripTrailingZeros() : null;
        String fits = value.isString() ? "string" : value.isBoolean() ? "bool" : number == null ? "" : "double";
        fits += number != null && number.scale() <= 0 ? " int" : "";
        return NaiveReplay.words(fits).contains(types.path(field).asString("string"));
    }

    private static String call(JsonNode types, JsonNode lead, MatchResult found) {
        if (!fits(types, lead, found.group(1))) {
            return "?" + found.group(1);
        }
        String value = lead.path(found.group(1)).stringValue();
        String literal = found.group(3);
        boolean holds = switch (found.group(2)) {
            case "startsWith" -> value.startsWith(literal);
            case "endsWith" -> value.endsWith(literal);
            default -> value.contains(literal);
        };
        return holds ? "+" : "-";
    }

    /** True is +, false is -, unknown is ?field. */
    private static String compare(JsonNode types, JsonNode lead, MatchResult found) {
        if (!fits(types, lead, found.group(1))) {
            return "?" + found.group(1);
        }
        JsonNode value = lead.path(found.group(1));
        BigDecimal number = value.isNumber() ? value.decimalValue() : null;
        for (String literal : List.of(found.group(3).replaceAll("[\\[\\]']", "").split(" *, *", -1))) {
            int sign = number == null ? value.asString().compareTo(literal) : number.compareTo(new BigDecimal(literal));
            String holding = sign == 0 ? "== <= >= in" : sign < 0 ? "!= < <=" : "!= > >=";
            if (NaiveReplay.words(holding).contains(found.group(2))) {
                return "+";
            }
        }
        return "-";
    }

    /** The weakest operator outside parentheses first; what stays unknown is the ?fields of the undecided operands. */
    private static String truth(String formula) {
        for (String operator : List.of("|", "&")) {
            for (int i = 0, depth = 0; i < formula.length(); i++) {
                depth += formula.startsWith("(", i) ? 1 : formula.startsWith(")", i) ? -1 : 0;
                if (depth == 0 && formula.startsWith(operator, i)) {
                    String left = truth(formula.substring(0, i));
                    String right = truth(formula.substring(i + 1));
                    String decisive = operator.equals("|") ? "+" : "-";
                    String open = (left + right).replaceAll("[+-]", "");
                    boolean decided = left.equals(decisive) || right.equals(decisive);
                    return decided ? decisive : open.isEmpty() ? left : open;
                }
            }
        }
        if (formula.startsWith("!")) {
            String inner = truth(formula.substring(1));
            return inner.equals("+") ? "-" : inner.equals("-") ? "+" : inner;
        }
        return formula.startsWith("(") ? truth(formula.substring(1, formula.length() - 1)) : formula;
    }
}
