package io.smarketing.lifecycle.policy;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.StructTypeReference;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelMacro;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelAttributePattern;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelUnknownSet;
import dev.cel.runtime.CelVariableResolver;
import dev.cel.runtime.PartialVars;
import dev.cel.runtime.Program;
import io.smarketing.lifecycle.yaml.YamlDocument;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A rule's {@code when}: a CEL expression over {@code lead.<attribute>}, checked once. An attribute that is missing or of
 * another type is a CEL unknown, so comparisons with it are unknown and {@code &&}, {@code ||} follow three-valued logic;
 * {@code has(lead.x)} asks whether x is known and is never unknown itself.
 *
 * <p>An evaluation costs about a microsecond; a condition reads few attributes with few distinct values, so answers are
 * remembered by the values read. Thread-safe.
 */
final class Condition {

    /** Some two hundred bytes each, a kilobyte at most: even the largest policy stays within what a small machine has. */
    private static final int REMEMBERED_ANSWERS = 8_192;

    /** Answers to longer texts are not remembered: such texts hardly come again, and a text may have a megabyte. */
    private static final int LONGEST_REMEMBERED = 256;

    /** Stands for an attribute where an evaluation failed: no attribute has such a name. */
    static final String FAILED = "(error)";

    private static final Object UNKNOWN_VALUE = new Object();
    static final String KNOWN_FIELDS = "@known";
    private static final int LONGEST = 10_000;
    private static final int MOST_LOOPS = 200;
    private static final CelOptions OPTIONS = CelOptions.current()
            .enableHeterogeneousNumericComparisons(true)
            .comprehensionMaxIterations(MOST_LOOPS)
            .maxExpressionCodePointSize(LONGEST)
            .build();
    /** Comments, and texts that end otherwise than by their first quote or hold backslashes as they are. */
    private static final Pattern SPACING_COUNTS = Pattern.compile("//|'{3}|\"{3}|[rR]['\"]");

    private static final CelRuntime RUNTIME =
            CelRuntimeFactory.plannerRuntimeBuilder().setOptions(OPTIONS).build();

    private final String text;
    private final Program program;
    private final String[] fields;
    private final AttributeType[] types;
    private final CelAttributePattern[][] patterns;
    private final ConcurrentHashMap<List<Object>, Answer> answers = new ConcurrentHashMap<>();

    private Condition(String text, Program program, Map<String, AttributeType> fields) {
        this.text = text;
        this.program = program;
        this.fields = fields.keySet().toArray(String[]::new);
        this.types = fields.values().toArray(AttributeType[]::new);
        this.patterns = Arrays.stream(this.fields).map(Condition::patternsOf).toArray(CelAttributePattern[][]::new);
    }

    /** As the policy writes it. */
    String text() {
        return text;
    }

    /** Without blanks, but for those in texts and between words: the same for conditions that differ in spacing only. Others are left as they are written. */
    String canonicalText() {
        if (SPACING_COUNTS.matcher(text).find()) {
            return text;
        }
        StringBuilder canonical = new StringBuilder();
        int quote = 0;
        boolean blank = false;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (quote == 0 && Character.isWhitespace(character)) {
                blank = true;
                continue;
            }
            boolean betweenWords = blank
                    && !canonical.isEmpty()
                    && Character.isJavaIdentifierPart(canonical.charAt(canonical.length() - 1))
                    && Character.isJavaIdentifierPart(character);
            canonical.append(betweenWords ? " " : "").append(character);
            blank = false;
            if (quote == 0 && (character == '\'' || character == '"')) {
                quote = character;
            } else if (quote != 0 && character == '\\' && i + 1 < text.length()) {
                canonical.append(text.charAt(++i));
            } else if (character == quote) {
                quote = 0;
            }
        }
        return canonical.toString();
    }

    private static CelAttributePattern[] patternsOf(String field) {
        CelAttributePattern qualified = CelAttributePattern.fromQualifiedIdentifier("lead." + field);
        return LeadAttributes.BUILT_IN.containsKey(field)
                ? new CelAttributePattern[] {qualified, CelAttributePattern.create(field)}
                : new CelAttributePattern[] {qualified};
    }

    /** Compiles conditions against the attributes a policy declares. */
    static final class Compiler {

        private final ImmutableSortedMap<String, AttributeType> attributes;
        private final CelCompiler compiler;
        private final boolean checks;

        /**
         * A compiler.
         *
         * @param checks whether conditions that make no sense are mistakes; types always are checked
         */
        Compiler(Map<String, AttributeType> declared, boolean checks) {
            this.checks = checks;
            Map<String, AttributeType> all = new TreeMap<>(LeadAttributes.BUILT_IN);
            all.putAll(declared);
            ImmutableSortedMap<String, AttributeType> types = ImmutableSortedMap.copyOf(all);
            this.attributes = types;
            StructType leadType = StructType.create(
                    "Lead",
                    types.keySet(),
                    field -> Optional.ofNullable(types.get(field)).map(AttributeType::celType));
            var builder = CelCompilerFactory.standardCelCompilerBuilder()
                    .setOptions(OPTIONS)
                    .setStandardMacros(CelStandardMacro.STANDARD_MACROS.stream()
                            .filter(macro -> macro != CelStandardMacro.HAS)
                            .collect(ImmutableSet.toImmutableSet()))
                    .addMacros(has(types))
                    .setTypeProvider(new LeadTypes(leadType))
                    .setResultType(SimpleType.BOOL)
                    .addVar(KNOWN_FIELDS, ListType.create(SimpleType.STRING))
                    .addVar("lead", StructTypeReference.create("Lead"));
            LeadAttributes.BUILT_IN.forEach((name, type) -> builder.addVar(name, type.celType()));
            this.compiler = builder.build();
        }

        /** {@code has(lead.x)} is {@code 'x' in @known}: CEL's own has() of an unknown attribute would be unknown. */
        private static CelMacro has(ImmutableSortedMap<String, AttributeType> attributes) {
            return CelMacro.newGlobalMacro("has", 1, (factory, target, arguments) -> {
                CelExpr argument = arguments.get(0);
                boolean ofLead = argument.getKind() == CelExpr.ExprKind.Kind.SELECT
                        && argument.select().operand().getKind() == CelExpr.ExprKind.Kind.IDENT
                        && argument.select().operand().ident().name().equals("lead");
                if (!ofLead) {
                    return Optional.of(factory.reportError("has() takes lead.<attribute>"));
                }
                String field = argument.select().field();
                if (!attributes.containsKey(field)) {
                    return Optional.of(factory.reportError("undefined field '%s'".formatted(field)));
                }
                return Optional.of(factory.newGlobalCall(
                        "@in", factory.newStringLiteral(field), factory.newIdentifier(KNOWN_FIELDS)));
            });
        }

        /** Compiles, or notes every mistake at the place where the expression stands. */
        Optional<Condition> compile(YamlDocument.Value place) {
            String expression = place.text();
            if (expression.isBlank()) {
                return Optional.empty();
            }
            if (expression.codePointCount(0, expression.length()) > LONGEST) {
                place.error(
                        "the condition is longer than %,d characters".formatted(LONGEST),
                        "split it into several rules");
                return Optional.empty();
            }
            CelValidationResult parsed = compiler.parse(expression);
            try {
                CelValidationResult result = parsed.hasError() ? parsed : compiler.check(parsed.getAst());
                if (result.hasError()) {
                    new ConditionMistakes(expression, attributes, place).tell(result.getErrors());
                    return Optional.empty();
                }
                CelAbstractSyntaxTree tree = result.getAst();
                if (checks && !ConditionChecks.pass(tree, attributes, place)) {
                    return Optional.empty();
                }
                Condition condition = new Condition(expression, RUNTIME.createProgram(tree), fieldsOf(tree));
                return !checks || holdsUp(condition, place) ? Optional.of(condition) : Optional.empty();
            } catch (CelValidationException | CelEvaluationException e) {
                place.error(String.valueOf(e.getMessage()), "simplify the condition");
                return Optional.empty();
            }
        }

        /** Tries a lead of which nothing is known: what fails or is false then without asking anything always will. */
        private static boolean holdsUp(Condition condition, YamlDocument.Value place) {
            Answer answer = condition.evaluate(name -> null);
            if (answer.unknownFields().contains(FAILED)) {
                place.error(
                        "fails whatever is known of a lead",
                        "look for a division by zero, a bad date, a loop of more than %d rounds".formatted(MOST_LOOPS));
                return false;
            }
            if (condition.fields.length == 0 && answer.truth() == Answer.Truth.FALSE) {
                place.error("is false for every lead", "read an attribute, as in lead.employees >= 10");
                return false;
            }
            return true;
        }

        private Map<String, AttributeType> fieldsOf(CelAbstractSyntaxTree tree) {
            Map<String, AttributeType> fields = new TreeMap<>();
            CelNavigableAst.fromAst(tree)
                    .getRoot()
                    .allNodes()
                    .map(CelNavigableExpr::expr)
                    .flatMap(expression -> name(expression).stream())
                    .filter(attributes::containsKey)
                    .forEach(name -> fields.put(name, attributes.get(name)));
            return fields;
        }

        private static Optional<String> name(CelExpr expression) {
            return switch (expression.getKind()) {
                case SELECT -> Optional.of(expression.select().field());
                case IDENT -> Optional.of(expression.ident().name());
                case CALL -> asked(expression.call());
                default -> Optional.empty();
            };
        }

        /** The attribute of {@code has(lead.x)}, as it is written by now. */
        private static Optional<String> asked(CelExpr.CelCall call) {
            boolean has = call.function().equals("@in")
                    && call.args().get(1).getKind() == CelExpr.ExprKind.Kind.IDENT
                    && call.args().get(1).ident().name().equals(KNOWN_FIELDS);
            return has ? Optional.of(call.args().get(0).constant().stringValue()) : Optional.empty();
        }
    }

    private static final class LeadTypes implements CelTypeProvider {

        private final StructType leadType;

        LeadTypes(StructType leadType) {
            this.leadType = leadType;
        }

        @Override
        public ImmutableCollection<CelType> types() {
            return ImmutableList.of(leadType);
        }

        @Override
        public Optional<CelType> findType(String name) {
            return name.equals(leadType.name()) ? Optional.of(leadType) : Optional.empty();
        }
    }

    /** By attribute that it reads, what it sees of a lead: null where that is unknown. */
    Map<String, @Nullable Object> reads(LeadAttributes lead) {
        Map<String, @Nullable Object> reads = new TreeMap<>();
        for (int i = 0; i < fields.length; i++) {
            reads.put(fields[i], types[i].judged(lead.value(fields[i])));
        }
        return reads;
    }

    Answer evaluate(LeadAttributes lead) {
        Object[] values = valuesOf(lead);
        List<Object> key = Arrays.asList(values);
        Answer answer = answers.get(key);
        if (answer == null) {
            answer = ask(values);
            if (isRemembered(key)) {
                if (answers.size() >= REMEMBERED_ANSWERS) {
                    answers.clear();
                }
                answers.put(key, answer);
            }
        }
        return answer;
    }

    /** Whether an answer to these values is worth its room. */
    static boolean isRemembered(List<? extends @Nullable Object> values) {
        for (Object value : values) {
            if (value instanceof String text && text.length() > LONGEST_REMEMBERED) {
                return false;
            }
        }
        return true;
    }

    /** How many answers are remembered. */
    int remembered() {
        return answers.size();
    }

    /** The same answer, interpreted anew: what remembering is measured against. */
    Answer interpret(LeadAttributes lead) {
        return ask(valuesOf(lead));
    }

    /** The attributes that it reads. */
    Map<String, AttributeType> fields() {
        Map<String, AttributeType> read = new TreeMap<>();
        for (int i = 0; i < fields.length; i++) {
            read.put(fields[i], types[i]);
        }
        return read;
    }

    private Object[] valuesOf(LeadAttributes lead) {
        Object[] values = new Object[fields.length];
        for (int i = 0; i < fields.length; i++) {
            Object value = types[i].judged(lead.value(fields[i]));
            values[i] = value == null ? UNKNOWN_VALUE : value;
        }
        return values;
    }

    private Answer ask(Object[] values) {
        Map<String, Object> known = new HashMap<>();
        List<CelAttributePattern> unknown = new ArrayList<>();
        for (int i = 0; i < fields.length; i++) {
            if (values[i] == UNKNOWN_VALUE) {
                unknown.addAll(Arrays.asList(patterns[i]));
            } else {
                known.put(fields[i], values[i]);
            }
        }
        CelVariableResolver variables = name -> switch (name) {
            case "lead" -> Optional.of(known);
            case KNOWN_FIELDS -> Optional.of(List.copyOf(known.keySet()));
            default -> Optional.ofNullable(known.get(name));
        };
        try {
            Object result = program.eval(PartialVars.of(variables, unknown));
            if (result instanceof CelUnknownSet set) {
                return new Answer(
                        Answer.Truth.UNKNOWN,
                        set.attributes().stream()
                                .map(attribute -> attribute.toString().replaceFirst("^lead\\.", ""))
                                .collect(Collectors.toCollection(TreeSet::new)));
            }
            return Boolean.TRUE.equals(result) ? Answer.TRUE : Answer.FALSE;
        } catch (CelEvaluationException e) {
            // A division by zero, an overflow, a limit: what is there decides nothing, and nothing is missing.
            return new Answer(Answer.Truth.UNKNOWN, Set.of(FAILED));
        }
    }
}
