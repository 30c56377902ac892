package io.smarketing.lifecycle.policy;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
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

    private static final int REMEMBERED_ANSWERS = 65_536;

    /** Stands for an attribute where an evaluation failed: no attribute has such a name. */
    static final String FAILED = "(error)";

    private static final Object UNKNOWN_VALUE = new Object();
    private static final String KNOWN_FIELDS = "@known";
    private static final CelOptions OPTIONS = CelOptions.current()
            .enableHeterogeneousNumericComparisons(true)
            .comprehensionMaxIterations(10_000)
            .maxExpressionCodePointSize(10_000)
            .build();
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

        Compiler(Map<String, AttributeType> declared) {
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
            CelValidationResult result = compiler.compile(expression);
            if (result.hasError()) {
                for (CelIssue issue : result.getErrors()) {
                    int column = issue.getSourceLocation().getColumn();
                    place.errorAt(
                            Math.max(0, column),
                            issue.getMessage().lines().findFirst().orElse("is no condition"),
                            mend(issue.getMessage()));
                }
                return Optional.empty();
            }
            try {
                CelAbstractSyntaxTree tree = result.getAst();
                Condition condition = new Condition(expression, RUNTIME.createProgram(tree), fieldsOf(tree));
                if (condition.evaluate(name -> null).unknownFields().contains(FAILED)) {
                    place.error(
                            "fails whatever is known of a lead",
                            "look for a division by zero, a bad pattern or date, a long loop");
                    return Optional.empty();
                }
                return Optional.of(condition);
            } catch (CelValidationException | CelEvaluationException e) {
                place.error(String.valueOf(e.getMessage()), "simplify the condition");
                return Optional.empty();
            }
        }

        private String mend(String message) {
            String known =
                    attributes.keySet().stream().map(name -> "lead." + name).collect(Collectors.joining(", "));
            int quote = message.indexOf('\'');
            int end = message.indexOf('\'', quote + 1);
            if (message.contains("undefined field") || message.contains("undeclared reference")) {
                String word = quote >= 0 && end > quote ? message.substring(quote + 1, end) : "";
                return YamlDocument.nearest(word, attributes.keySet())
                        .map("did you mean lead.%s?"::formatted)
                        .orElse("declare it under attributes; known are " + known);
            }
            if (message.contains("no matching overload")) {
                return "compare an attribute with a value of its own type: "
                        + attributes.entrySet().stream()
                                .map(entry -> "lead.%s is %s"
                                        .formatted(
                                                entry.getKey(), entry.getValue().word()))
                                .collect(Collectors.joining(", "));
            }
            if (message.contains("expected type")) {
                return "a condition answers true or false, as in lead.employees >= 10";
            }
            return "write CEL, as in lead.employees >= 10 && lead.industry in ['software', 'fintech']";
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
                case CONSTANT ->
                    expression.constant().getKind() == dev.cel.common.ast.CelConstant.Kind.STRING_VALUE
                            ? Optional.of(expression.constant().stringValue())
                            : Optional.empty();
                default -> Optional.empty();
            };
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

    /** As it was written. */
    String text() {
        return text;
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
            if (answers.size() >= REMEMBERED_ANSWERS) {
                answers.clear();
            }
            answers.put(key, answer);
        }
        return answer;
    }

    /** The same answer, interpreted anew: what remembering is measured against. */
    Answer interpret(LeadAttributes lead) {
        return ask(valuesOf(lead));
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
