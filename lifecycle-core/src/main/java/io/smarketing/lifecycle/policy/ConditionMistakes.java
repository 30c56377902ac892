package io.smarketing.lifecycle.policy;

import dev.cel.common.CelIssue;
import io.smarketing.lifecycle.yaml.YamlDocument;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Says in plain words what CEL's parser and type checker found, and how to mend it. */
final class ConditionMistakes {

    private static final String EXAMPLE =
            "write CEL, as in lead.employees >= 10 && lead.industry in ['software', 'fintech']";
    private static final Pattern UNREADABLE = Pattern.compile("token recognition error at: '(.*)'", Pattern.DOTALL);
    private static final Pattern UNEXPECTED = Pattern.compile(
            "(?:mismatched input|extraneous input|no viable alternative at input) '(.*?)'(?: expecting .*)?",
            Pattern.DOTALL);
    private static final Pattern MISSING = Pattern.compile("missing '?(.+?)'? at '.*'", Pattern.DOTALL);
    private static final Pattern UNKNOWN = Pattern.compile("(undefined field|undeclared reference to) '([^']*)'.*");
    private static final Pattern OVERLOAD =
            Pattern.compile("found no matching overload for '([^']*)' applied to '([^']*)'.*", Pattern.DOTALL);

    /** What people write who know other languages, and what CEL says for it. */
    private static final Map<String, String> OTHER_LANGUAGES = Map.of(
            "and", "write && for and",
            "AND", "write && for and",
            "or", "write || for or",
            "OR", "write || for or",
            "not", "write ! for not, as in !(lead.employees >= 10)",
            "NOT", "write ! for not, as in !(lead.employees >= 10)",
            "IN", "write in with small letters",
            ">", "write != for not equal",
            "if", "leave it out; the condition itself is what is asked");

    private static final List<String> FUNCTIONS =
            List.of("has", "size", "startsWith", "endsWith", "contains", "matches", "exists", "all", "int", "double");

    private final String expression;
    private final Map<String, AttributeType> attributes;
    private final YamlDocument.Value place;

    ConditionMistakes(String expression, Map<String, AttributeType> attributes, YamlDocument.Value place) {
        this.expression = expression;
        this.attributes = attributes;
        this.place = place;
    }

    /** Of several syntax errors only the first is told: the others are its echo. */
    void tell(Collection<CelIssue> issues) {
        Optional<CelIssue> syntax =
                issues.stream().filter(ConditionMistakes::isSyntax).findFirst();
        if (syntax.isPresent()) {
            syntax(syntax.get());
        } else {
            issues.forEach(this::meaning);
        }
    }

    private static boolean isSyntax(CelIssue issue) {
        String message = issue.getMessage();
        return UNREADABLE.matcher(message).matches()
                || UNEXPECTED.matcher(message).matches()
                || MISSING.matcher(message).matches()
                || message.startsWith("reserved identifier");
    }

    private void syntax(CelIssue issue) {
        String message = issue.getMessage();
        Matcher unreadable = UNREADABLE.matcher(message);
        Matcher unexpected = UNEXPECTED.matcher(message);
        Matcher missing = MISSING.matcher(message);
        int offset = offset(issue);
        if (unreadable.matches()) {
            unreadable(offset, unreadable.group(1));
        } else if (unexpected.matches() && unexpected.group(1).equals("<EOF>")) {
            place.errorAt(offset, "the condition ends too early", EXAMPLE);
        } else if (unexpected.matches()) {
            String word = unexpected.group(1).strip();
            place.errorAt(
                    offset, "'%s' is not expected here".formatted(word), OTHER_LANGUAGES.getOrDefault(word, EXAMPLE));
        } else if (missing.matches()) {
            place.errorAt(offset, "'%s' is missing here".formatted(missing.group(1)), "close what was opened");
        } else {
            String word = message.substring(message.indexOf(':') + 1).strip();
            place.errorAt(
                    offset,
                    "'%s' is a word that CEL keeps for itself".formatted(word),
                    OTHER_LANGUAGES.getOrDefault(word, EXAMPLE));
        }
    }

    private void unreadable(int offset, String token) {
        String text = token.strip();
        if (text.startsWith("'") || text.startsWith("\"")) {
            place.errorAt(offset, "the text %s has no end".formatted(text), "close it with the quote it begins with");
        } else if (text.startsWith("=")) {
            place.errorAt(offset, "'%s' compares nothing".formatted(text), "write == for equal, >= for at least");
        } else if (text.startsWith("&") || text.startsWith("|")) {
            String sign = text.substring(0, 1);
            place.errorAt(offset, "'%s' stands alone".formatted(sign), "write %s%s".formatted(sign, sign));
        } else if ("‘’‚“”„´`".indexOf(text.codePointAt(0)) >= 0) {
            place.errorAt(offset, "'%s' is no straight quote".formatted(text), "write texts as 'software'");
        } else {
            place.errorAt(offset, "'%s' is not expected here".formatted(text), EXAMPLE);
        }
    }

    private void meaning(CelIssue issue) {
        String message = issue.getMessage().lines().findFirst().orElse("is no condition");
        int offset = offset(issue);
        Matcher unknown = UNKNOWN.matcher(message);
        Matcher overload = OVERLOAD.matcher(message);
        if (message.contains("recursion limit")) {
            place.error("the condition is nested too deeply", "use fewer brackets or split it into several rules");
        } else if (unknown.matches()) {
            unknown(offset, unknown.group(2), unknown.group(1).startsWith("undeclared"));
        } else if (overload.matches()) {
            place.errorAt(
                    offset,
                    "'%s' does not go with %s".formatted(sign(overload.group(1)), operands(overload.group(2))),
                    "compare an attribute with a value of its own type: " + types());
        } else if (message.startsWith("has() takes")) {
            place.errorAt(offset, message, "ask for one attribute, as has(lead.industry)");
        } else if (message.contains("expected type")) {
            place.errorAt(offset, message, "a condition answers true or false, as in lead.employees >= 10");
        } else {
            place.errorAt(offset, message, EXAMPLE);
        }
    }

    private void unknown(int offset, String name, boolean mayBeCall) {
        int[] text = expression.codePoints().toArray();
        boolean isCall = mayBeCall && offset < text.length && text[offset] == '(';
        if (isCall) {
            int start = Math.max(0, offset - name.length());
            place.errorAt(
                    start,
                    "the function '%s' is unknown".formatted(name),
                    Optional.ofNullable(OTHER_LANGUAGES.get(name))
                            .or(() -> YamlDocument.nearest(name, FUNCTIONS).map("did you mean %s?"::formatted))
                            .orElse("there are " + String.join(", ", FUNCTIONS)));
            return;
        }
        int start = offset < text.length && text[offset] == '.' ? offset + 1 : offset;
        place.errorAt(
                start,
                "the attribute '%s' is unknown".formatted(name),
                YamlDocument.nearest(name, attributes.keySet())
                        .map("did you mean lead.%s?"::formatted)
                        .orElse("declare it under attributes; known are "
                                + attributes.keySet().stream()
                                        .map(known -> "lead." + known)
                                        .collect(Collectors.joining(", "))));
    }

    private static String sign(String function) {
        return function.replace("_?_:_", "? :").replace("@", "").replace("_", "");
    }

    private static String operands(String types) {
        return types.replaceFirst("^\\(", "").replaceFirst("\\)$", "").replace(", ", " and ");
    }

    /** The types of the attributes that the condition reads, or of all. */
    private String types() {
        List<String> read = attributes.keySet().stream()
                .filter(name -> Pattern.compile("\\b" + name + "\\b")
                        .matcher(expression)
                        .find())
                .toList();
        return (read.isEmpty() ? attributes.keySet() : read)
                .stream()
                        .map(name -> "lead.%s is %s"
                                .formatted(
                                        name,
                                        attributes
                                                .getOrDefault(name, AttributeType.STRING)
                                                .word()))
                        .collect(Collectors.joining(", "));
    }

    /** Code points before the place of an issue, which CEL tells by line and column. */
    private int offset(CelIssue issue) {
        int line = issue.getSourceLocation().getLine();
        int column = Math.max(0, issue.getSourceLocation().getColumn());
        String[] lines = expression.split("\n", -1);
        int offset = column;
        for (int i = 0; i + 1 < line && i < lines.length; i++) {
            offset += lines[i].codePointCount(0, lines[i].length()) + 1;
        }
        return offset;
    }
}
