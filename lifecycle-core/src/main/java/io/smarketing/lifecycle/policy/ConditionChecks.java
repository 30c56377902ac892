package io.smarketing.lifecycle.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import io.smarketing.lifecycle.policy.FieldRange.Comparison;
import io.smarketing.lifecycle.policy.FieldRange.Relation;
import io.smarketing.lifecycle.yaml.YamlDocument;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a condition though its types are right: comparisons that cannot hold together, and what could fail or
 * cost without end. Fields are taken one by one; what relates two of them is not looked into.
 */
final class ConditionChecks {

    private static final Map<String, Relation> RELATIONS = Map.of(
            "_==_", Relation.IN,
            "_!=_", Relation.NOT_IN,
            "@in", Relation.IN,
            "_<_", Relation.LESS,
            "_<=_", Relation.AT_MOST,
            "_>_", Relation.GREATER,
            "_>=_", Relation.AT_LEAST);
    private static final Set<CelKind> GROWING = Set.of(CelKind.STRING, CelKind.BYTES, CelKind.LIST, CelKind.DYN);

    /** Texts put together in one condition: no text grows to more than this many times the longest attribute. */
    private static final int MOST_JOINS = 20;

    /** A pattern's length times its repetitions: what its program may come to. RE2/J itself builds any size first. */
    private static final long LARGEST_PATTERN = 20_000;

    private static final java.util.regex.Pattern COUNTED =
            java.util.regex.Pattern.compile("\\{(\\d{1,9})(?:,(\\d{1,9})?)?\\}");

    private final CelAbstractSyntaxTree tree;
    private final Map<String, AttributeType> attributes;
    private final YamlDocument.Value place;
    private int joins;
    private boolean sound = true;

    private ConditionChecks(
            CelAbstractSyntaxTree tree, Map<String, AttributeType> attributes, YamlDocument.Value place) {
        this.tree = tree;
        this.attributes = attributes;
        this.place = place;
    }

    /** Notes every finding at its place; true when there is none. */
    static boolean pass(CelAbstractSyntaxTree tree, Map<String, AttributeType> attributes, YamlDocument.Value place) {
        ConditionChecks checks = new ConditionChecks(tree, attributes, place);
        checks.walk(tree.getExpr(), false);
        if (checks.sound) {
            checks.conjunction(tree.getExpr(), false, new Context(Map.of(), Map.of()));
        }
        return checks.sound;
    }

    private void error(int offset, String message, String mend) {
        sound = false;
        place.errorAt(offset, message, mend);
    }

    // ---- each call and loop for itself

    private void walk(CelExpr expression, boolean inLoop) {
        switch (expression.getKind()) {
            case CALL -> {
                CelExpr.CelCall call = expression.call();
                call.target().ifPresent(target -> walk(target, inLoop));
                call.args().forEach(argument -> walk(argument, inLoop));
                call(expression, inLoop);
            }
            case SELECT -> walk(expression.select().operand(), inLoop);
            case LIST -> expression.list().elements().forEach(element -> walk(element, inLoop));
            case MAP ->
                expression.map().entries().forEach(entry -> {
                    walk(entry.key(), inLoop);
                    walk(entry.value(), inLoop);
                });
            case COMPREHENSION -> loop(expression, inLoop);
            default -> {}
        }
    }

    private void loop(CelExpr expression, boolean inLoop) {
        CelExpr.CelComprehension loop = expression.comprehension();
        if (inLoop) {
            error(
                    start(loop.iterRange()),
                    "a loop stands within a loop",
                    "write one loop; attributes are single values");
            return;
        }
        walk(loop.iterRange(), true);
        step(loop.loopStep(), loop.accuVar());
    }

    /** The step is the macro's, its sum too; what the policy wrote is within. */
    private void step(CelExpr step, String accumulator) {
        if (step.getKind() == CelExpr.ExprKind.Kind.CALL) {
            for (CelExpr argument : step.call().args()) {
                if (addsTo(argument, accumulator)) {
                    argument.call().args().forEach(added -> walk(added, true));
                } else {
                    walk(argument, true);
                }
            }
        }
    }

    private static boolean addsTo(CelExpr expression, String accumulator) {
        return expression.getKind() == CelExpr.ExprKind.Kind.CALL
                && expression.call().function().equals("_+_")
                && expression.call().args().stream()
                        .anyMatch(argument -> argument.getKind() == CelExpr.ExprKind.Kind.IDENT
                                && argument.ident().name().equals(accumulator));
    }

    private void call(CelExpr expression, boolean inLoop) {
        CelExpr.CelCall call = expression.call();
        List<CelExpr> arguments = call.args();
        switch (call.function()) {
            case "@in" -> {
                CelExpr list = arguments.get(1);
                if (list.getKind() == CelExpr.ExprKind.Kind.LIST
                        && list.list().elements().isEmpty()) {
                    error(
                            start(list),
                            "nothing is in an empty list",
                            "write what may stand there, as ['software', 'fintech']");
                }
            }
            case "_/_", "_%_" -> {
                if (number(arguments.get(1))
                        .filter(divisor -> divisor.signum() == 0)
                        .isPresent()) {
                    error(start(arguments.get(1)), "a division by 0 has no result", "divide by another number");
                }
            }
            case "matches" -> matches(arguments.get(arguments.size() - 1));
            case "_+_" -> sum(expression, inLoop);
            default -> {
                if (RELATIONS.containsKey(call.function()) && arguments.size() == 2) {
                    itself(expression, arguments);
                }
            }
        }
    }

    private void itself(CelExpr expression, List<CelExpr> arguments) {
        Optional<String> left = field(arguments.get(0));
        if (left.isPresent() && left.equals(field(arguments.get(1)))) {
            error(
                    start(expression),
                    "%s is compared with itself".formatted(left.get()),
                    "compare it with a value or with another attribute");
        }
    }

    private void sum(CelExpr expression, boolean inLoop) {
        CelKind kind = tree.getType(expression.id()).map(CelType::kind).orElse(CelKind.DYN);
        if (GROWING.contains(kind)) {
            joins++;
            if (inLoop) {
                error(start(expression), "texts or lists grow in a loop", "use + of texts and lists outside of loops");
            } else if (joins == MOST_JOINS + 1) {
                error(
                        start(expression),
                        "texts or lists are put together more than %d times".formatted(MOST_JOINS),
                        "use + of texts and lists at most %d times in a condition".formatted(MOST_JOINS));
            }
        }
    }

    private void matches(CelExpr pattern) {
        if (pattern.getKind() != CelExpr.ExprKind.Kind.CONSTANT
                || pattern.constant().getKind() != CelConstant.Kind.STRING_VALUE) {
            error(
                    start(pattern),
                    "the pattern of matches() is no text in quotes",
                    "write the pattern itself, as lead.title.matches('^(VP|Head) ')");
            return;
        }
        String regex = pattern.constant().stringValue();
        if (repeats(regex) * regex.length() > LARGEST_PATTERN) {
            error(
                    start(pattern),
                    "the pattern '%s' repeats too much".formatted(regex),
                    "use smaller numbers in {n}, or *");
            return;
        }
        try {
            Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            error(
                    start(pattern),
                    "the pattern '%s' is not readable: %s".formatted(regex, e.getDescription()),
                    "write an RE2 pattern, without look-around and back-references");
        }
    }

    /** How often a part of the pattern stands in its program at most; {n} of a group multiplies whatever is in it. */
    private static long repeats(String regex) {
        boolean ofGroups = regex.contains("){");
        long repeats = 1;
        Matcher counts = COUNTED.matcher(regex);
        while (counts.find()) {
            String upper = counts.group(2);
            long count = Math.max(1, Long.parseLong(upper == null ? counts.group(1) : upper));
            repeats = Math.min(Integer.MAX_VALUE, ofGroups ? repeats * count : repeats + count);
        }
        return repeats;
    }

    // ---- comparisons that are to hold together

    /** What the comparisons around allow, by field, and who said so. */
    private record Context(Map<String, FieldRange> ranges, Map<String, List<Comparison>> said) {}

    /** A part of the condition, to be true or (negated) to be false. */
    private record Part(CelExpr expression, boolean negated) {}

    /** Looks into what has to hold at once: first all plain comparisons, then each branch of every "or" beside them. */
    private void conjunction(CelExpr expression, boolean negated, Context around) {
        List<Part> branches = new ArrayList<>();
        List<Comparison> comparisons = new ArrayList<>();
        collect(expression, negated, comparisons, branches);
        Map<String, FieldRange> ranges = new HashMap<>(around.ranges());
        Map<String, List<Comparison>> said = new HashMap<>(around.said());
        for (Comparison comparison : comparisons) {
            FieldRange range = ranges.getOrDefault(comparison.field(), new FieldRange(comparison.type()))
                    .and(comparison);
            List<Comparison> before = said.getOrDefault(comparison.field(), List.of());
            List<Comparison> unknown = unknown(comparison, said);
            if (!unknown.isEmpty()) {
                contradiction(comparison, unknown);
            } else if (range.isEmpty()) {
                contradiction(comparison, before);
            } else {
                ranges.put(comparison.field(), range);
                List<Comparison> all = new ArrayList<>(before);
                all.add(comparison);
                said.put(comparison.field(), all);
            }
        }
        Context context = new Context(ranges, said);
        for (Part branch : branches) {
            conjunction(branch.expression(), branch.negated(), context);
        }
    }

    /** A field that is not known compares with nothing, and the other way round. */
    private static List<Comparison> unknown(Comparison comparison, Map<String, List<Comparison>> said) {
        String field = comparison.field();
        if (field.startsWith("has(")) {
            return comparison.relation() == Relation.NOT_IN
                    ? said.getOrDefault(field.substring("has(".length(), field.length() - 1), List.of())
                    : List.of();
        }
        return said.getOrDefault("has(%s)".formatted(field), List.of()).stream()
                .filter(asked -> asked.relation() == Relation.NOT_IN)
                .toList();
    }

    private void collect(CelExpr expression, boolean negated, List<Comparison> comparisons, List<Part> branches) {
        if (expression.getKind() == CelExpr.ExprKind.Kind.CALL) {
            CelExpr.CelCall call = expression.call();
            switch (call.function()) {
                case "!_" -> {
                    collect(call.args().get(0), !negated, comparisons, branches);
                    return;
                }
                case "_&&_", "_||_" -> {
                    if (call.function().equals("_||_") == negated) {
                        call.args().forEach(argument -> collect(argument, negated, comparisons, branches));
                    } else {
                        call.args().forEach(argument -> branches.add(new Part(argument, negated)));
                    }
                    return;
                }
                case "_?_:_" -> {
                    branches.add(new Part(call.args().get(0), false));
                    branches.add(new Part(call.args().get(1), negated));
                    branches.add(new Part(call.args().get(2), negated));
                    return;
                }
                default -> {}
            }
        }
        Comparison comparison = comparison(expression, negated);
        if (comparison != null) {
            comparisons.add(comparison);
        }
    }

    private void contradiction(Comparison comparison, List<Comparison> before) {
        Optional<Comparison> opponent = before.stream()
                .filter(other -> !other.field().equals(comparison.field()) || !other.agreesWith(comparison))
                .findFirst();
        if (before.isEmpty()) {
            error(
                    comparison.offset(),
                    "%s never holds".formatted(comparison.words()),
                    comparison.type() == AttributeType.INT
                            ? "%s is a whole number".formatted(comparison.field())
                            : "leave it out");
            return;
        }
        String others = opponent.map(Comparison::words)
                .orElseGet(() -> before.stream().map(Comparison::words).collect(Collectors.joining(" and ")));
        error(
                comparison.offset(),
                "%s never holds together with %s".formatted(comparison.words(), others),
                "write || between what may hold instead of each other, or mend a value");
    }

    private @Nullable Comparison comparison(CelExpr expression, boolean negated) {
        Optional<String> alone = field(expression);
        if (alone.isPresent() && type(alone.get()) == AttributeType.BOOL) {
            return compared(expression, alone.get(), negated ? Relation.NOT_IN : Relation.IN, List.of(true));
        }
        if (expression.getKind() != CelExpr.ExprKind.Kind.CALL
                || !RELATIONS.containsKey(expression.call().function())) {
            return null;
        }
        CelExpr left = expression.call().args().get(0);
        CelExpr right = expression.call().args().get(1);
        Relation relation = relation(expression.call().function());
        if (right.getKind() == CelExpr.ExprKind.Kind.IDENT
                && right.ident().name().equals(Condition.KNOWN_FIELDS)) {
            String asked = "has(lead.%s)".formatted(left.constant().stringValue());
            return compared(expression, asked, negated ? Relation.NOT_IN : Relation.IN, List.of(true));
        }
        boolean mirrored = field(left).isEmpty();
        Optional<String> field = mirrored ? field(right) : field(left);
        if (field.isEmpty()) {
            return null;
        }
        List<Object> values = values(mirrored ? left : right);
        if (values.isEmpty() || (mirrored && expression.call().function().equals("@in"))) {
            return null;
        }
        relation = mirrored ? relation.mirrored() : relation;
        boolean ordered = relation != Relation.IN && relation != Relation.NOT_IN;
        if (ordered && !(values.get(0) instanceof BigDecimal)) {
            return null;
        }
        return compared(expression, field.get(), negated ? relation.negated() : relation, values);
    }

    private static Relation relation(String function) {
        Relation relation = RELATIONS.get(function);
        if (relation == null) {
            throw new IllegalArgumentException(function);
        }
        return relation;
    }

    private Comparison compared(CelExpr expression, String field, Relation relation, List<Object> values) {
        return new Comparison(field, type(field), relation, values, start(expression), words(field, relation, values));
    }

    private static String words(String field, Relation relation, List<Object> values) {
        List<String> written = values.stream().map(ConditionChecks::written).toList();
        if (values.get(0) instanceof Boolean value && values.size() == 1) {
            return (value == (relation == Relation.IN) ? "" : "!") + field;
        }
        if (values.size() > 1) {
            String in = "%s in [%s]".formatted(field, String.join(", ", written));
            return relation == Relation.IN ? in : "!(" + in + ")";
        }
        String sign = switch (relation) {
            case IN -> "==";
            case NOT_IN -> "!=";
            case LESS -> "<";
            case AT_MOST -> "<=";
            case GREATER -> ">";
            case AT_LEAST -> ">=";
        };
        return "%s %s %s".formatted(field, sign, written.get(0));
    }

    private static String written(Object value) {
        return value instanceof BigDecimal number
                ? number.toPlainString()
                : value instanceof String ? "'" + value + "'" : value.toString();
    }

    private AttributeType type(String field) {
        return field.startsWith("has(")
                ? AttributeType.BOOL
                : attributes.getOrDefault(field.substring("lead.".length()), AttributeType.STRING);
    }

    /** The field that is read, as {@code lead.name}, whichever way it is written. */
    private Optional<String> field(CelExpr expression) {
        Optional<String> name = switch (expression.getKind()) {
            case SELECT ->
                expression.select().operand().getKind() == CelExpr.ExprKind.Kind.IDENT
                                && expression.select().operand().ident().name().equals("lead")
                        ? Optional.of(expression.select().field())
                        : Optional.empty();
            case IDENT -> Optional.of(expression.ident().name()).filter(LeadAttributes.BUILT_IN::containsKey);
            default -> Optional.empty();
        };
        return name.filter(attributes::containsKey).map(field -> "lead." + field);
    }

    /** The constants of a list, or the one constant; nothing when something else is among them. */
    private static List<Object> values(CelExpr expression) {
        List<CelExpr> elements = expression.getKind() == CelExpr.ExprKind.Kind.LIST
                ? expression.list().elements()
                : List.of(expression);
        List<Object> values = new ArrayList<>();
        for (CelExpr element : elements) {
            Optional<Object> value = value(element);
            if (value.isEmpty()) {
                return List.of();
            }
            values.add(value.get());
        }
        return values;
    }

    private static Optional<Object> value(CelExpr expression) {
        Optional<BigDecimal> number = number(expression);
        if (number.isPresent()) {
            return Optional.of(number.get());
        }
        if (expression.getKind() != CelExpr.ExprKind.Kind.CONSTANT) {
            return Optional.empty();
        }
        return switch (expression.constant().getKind()) {
            case STRING_VALUE -> Optional.of(expression.constant().stringValue());
            case BOOLEAN_VALUE -> Optional.of(expression.constant().booleanValue());
            default -> Optional.empty();
        };
    }

    private static Optional<BigDecimal> number(CelExpr expression) {
        if (expression.getKind() != CelExpr.ExprKind.Kind.CONSTANT) {
            return Optional.empty();
        }
        CelConstant constant = expression.constant();
        return switch (constant.getKind()) {
            case INT64_VALUE ->
                Optional.of(BigDecimal.valueOf(constant.int64Value()).stripTrailingZeros());
            case UINT64_VALUE ->
                Optional.of(new BigDecimal(constant.uint64Value().bigIntegerValue()).stripTrailingZeros());
            case DOUBLE_VALUE ->
                Double.isFinite(constant.doubleValue())
                        ? Optional.of(BigDecimal.valueOf(constant.doubleValue()).stripTrailingZeros())
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** The offset of the first code point that belongs to the expression; an operator stands behind its left side. */
    private int start(CelExpr expression) {
        int own = tree.getSource().getPositionsMap().getOrDefault(expression.id(), Integer.MAX_VALUE);
        int first = switch (expression.getKind()) {
            case SELECT -> start(expression.select().operand());
            case CALL -> {
                CelExpr.CelCall call = expression.call();
                yield call.target().isPresent()
                        ? start(call.target().get())
                        : call.args().isEmpty() ? own : start(call.args().get(0));
            }
            default -> own;
        };
        int start = Math.min(own, first);
        return start == Integer.MAX_VALUE ? 0 : start;
    }
}
