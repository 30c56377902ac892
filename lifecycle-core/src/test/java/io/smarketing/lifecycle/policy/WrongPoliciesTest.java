package io.smarketing.lifecycle.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.yaml.Problem;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every mistake of the tables is told once, where it is, in these words. */
class WrongPoliciesTest {

    static Stream<PolicyMistake> wrong() {
        return PolicyMistake.table("wrong.txt").stream();
    }

    static Stream<PolicyMistake> doubtful() {
        return PolicyMistake.table("doubtful.txt").stream();
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void isRefusedForOneReason(PolicyMistake mistake) {
        assertThatThrownBy(() -> PolicyReader.read("p.yaml", mistake.document()))
                .isInstanceOfSatisfying(RefusedDocument.class, refused -> {
                    assertThat(refused.problems())
                            .singleElement()
                            .extracting(Problem::severity)
                            .isEqualTo(Problem.Severity.ERROR);
                    assertThat(mistake.told(refused.problems())).isEqualTo(mistake.expected());
                });
    }

    @ParameterizedTest
    @MethodSource("doubtful")
    void isAcceptedWithAWarning(PolicyMistake mistake) throws RefusedDocument {
        List<Problem> warnings = PolicyReader.read("p.yaml", mistake.document()).warnings();
        assertThat(warnings).singleElement().extracting(Problem::severity).isEqualTo(Problem.Severity.WARNING);
        assertThat(mistake.told(warnings)).isEqualTo(mistake.expected());
    }

    @Test
    void theSoundPolicyHasNothingToBeSaid() throws RefusedDocument {
        assertThat(PolicyReader.read("p.yaml", PolicyMistake.sound()).warnings())
                .isEmpty();
    }

    @Test
    void tenMistakesAreToldAtOnceInTheirOrder() {
        String text = PolicyMistake.sound()
                .replace("threshold: 50", "threshold: fifty")
                .replace("rate: double", "rate: decimal")
                .replace("lead.employees >= 10", "lead.employes >= 10")
                .replace("['software', 'fintech']", "[]")
                .replace("activity: page_view", "activity: page_vew")
                .replace("captured: P14D", "captured: P14")
                .replace("minAttempts: 6", "minAttempts: six")
                .replace("Europe/Berlin", "Berlin")
                .replace("dimensions: [industry]", "dimensions: [trade]")
                .replace("per: month", "per: day");
        assertThatThrownBy(() -> PolicyReader.read("p.yaml", text))
                .isInstanceOfSatisfying(
                        RefusedDocument.class,
                        refused -> assertThat(refused.problems())
                                .extracting(Problem::line)
                                .containsExactly(2, 6, 9, 10, 13, 17, 21, 22, 25, 29));
    }

    /** Lines lost, doubled and exchanged, words replaced: whatever comes of it is read or refused, and nothing else happens. */
    @Test
    void aMutilatedPolicyIsReadOrRefused() throws IOException {
        List<String> documents = List.of(
                PolicyMistake.sound(),
                Files.readString(Path.of("../docs/examples/b2b-default.yaml")),
                Files.readString(Path.of("../docs/examples/product-led.yaml")));
        int refused = 0;
        for (int seed = 0; seed < 2_000; seed++) {
            String text = mutilated(documents.get(seed % documents.size()), new Random(seed));
            try {
                PolicyReader.read("p.yaml", text);
            } catch (RefusedDocument e) {
                refused++;
                assertThat(e.problems()).as("seed %d", seed).isNotEmpty();
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed %d: %n%s".formatted(seed, text), e);
            }
        }
        assertThat(refused).isBetween(500, 1_999);
    }

    private static String mutilated(String text, Random random) {
        List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n")));
        for (int i = 0; i <= random.nextInt(3); i++) {
            int line = random.nextInt(lines.size());
            switch (random.nextInt(5)) {
                case 0 -> lines.remove(line);
                case 1 -> lines.add(line, lines.get(random.nextInt(lines.size())));
                case 2 -> lines.add(lines.remove(line));
                case 3 -> lines.set(line, exchanged(lines.get(line), random));
                default ->
                    lines.set(
                            line,
                            lines.get(line)
                                    .substring(0, random.nextInt(lines.get(line).length() + 1)));
            }
        }
        return String.join("\n", lines);
    }

    private static final List<String> TOKENS = List.of(
            "",
            "{",
            "}",
            "[",
            "]",
            "'",
            "\"",
            ":",
            "-",
            "null",
            "0",
            "-1",
            "1e9",
            "~",
            "*a",
            "&a",
            "!x",
            "lead",
            "true",
            "|",
            ">",
            "2026-12-25",
            "P1D",
            ",",
            "? ",
            "#",
            "lead.employees >",
            "\t",
            "é",
            "\uD83D\uDE00");

    private static String exchanged(String line, Random random) {
        String[] words = line.split("(?<=\\W)|(?=\\W)");
        words[random.nextInt(words.length)] = TOKENS.get(random.nextInt(TOKENS.size()));
        return String.join("", words);
    }
}
