package io.smarketing.lifecycle.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.yaml.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One entry of a table under {@code src/test/resources/policies}: what is replaced in {@code sound.yaml}, by what, and what
 * is said of it. {@code \n} is a line break and {@code {x×3}} is xxx.
 */
record PolicyMistake(String name, String from, String to, String expected) {

    private static final Pattern REPEATED = Pattern.compile("\\{([^{}]*)×(\\d+)\\}");

    static String sound() {
        return resource("sound.yaml");
    }

    static List<PolicyMistake> table(String resource) {
        List<PolicyMistake> table = new ArrayList<>();
        for (String entry : resource(resource).strip().split("\n\n+")) {
            Map<String, String> fields = new HashMap<>();
            entry.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(":", 2))
                    .forEach(field ->
                            fields.put(field[0], field[1].length() < 2 ? "" : field[1].replaceFirst("^ {1,7}", "")));
            if (!fields.isEmpty()) {
                table.add(new PolicyMistake(
                        fields.getOrDefault("mistake", "").strip(),
                        expanded(fields.getOrDefault("from", "")),
                        expanded(fields.getOrDefault("to", "")),
                        "at %s: %s (%s)"
                                .formatted(
                                        fields.getOrDefault("at", "").strip(),
                                        fields.getOrDefault("says", "").strip(),
                                        fields.getOrDefault("mend", "").strip())));
            }
        }
        assertThat(table).isNotEmpty();
        return table;
    }

    private static String resource(String name) {
        try (InputStream stream = PolicyMistake.class.getResourceAsStream("/policies/" + name)) {
            assertThat(stream).as(name).isNotNull();
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String expanded(String text) {
        return REPEATED.matcher(text.replace("\\n", "\n"))
                .replaceAll(part -> Matcher.quoteReplacement(part.group(1).repeat(Integer.parseInt(part.group(2)))));
    }

    String document() {
        String sound = sound();
        int at = sound.indexOf(from);
        assertThat(at).as("'%s' stands in sound.yaml", from).isNotNegative();
        return sound.substring(0, at) + to + sound.substring(at + from.length());
    }

    String told(List<Problem> problems) {
        return problems.stream()
                .map(problem -> "at %d:%d: %s (%s)"
                        .formatted(problem.line(), problem.column(), problem.message(), problem.mend()))
                .collect(Collectors.joining("\n"));
    }

    @Override
    public String toString() {
        return name;
    }
}
