package io.smarketing.lifecycle.standalone.csv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BrokenMappingsTest {

    private static final String SOUND = """
            source: urn:test:crm
            zone: Europe/Berlin
            tables:
              leads: {file: leads.csv}
              deals: {file: deals.csv}
              companies: {file: companies.csv}
            joins:
              - {table: leads, column: company, with: companies, key: company}
            events:
              - from: leads
                type: captured
                lead: lead_id
                time: {column: created, format: yyyy-MM-dd}
                data: {source: source, attributes: {employees: {column: companies.employees, as: int}}}
              - from: deals
                type: won
                lead: lead_id
                id: "{deal}/won"
                when: {column: stage, equals: Won}
                time: {column: closed, format: yyyy-MM-dd}
                data: {amount: amount, currency: {constant: USD}}
            """;

    private final ImportFolder folder;

    BrokenMappingsTest(@TempDir Path directory) {
        this.folder = new ImportFolder(directory)
                .csv("leads.csv", "lead_id,created,source,company", "L1,2026-03-01,web,Acme")
                .csv("deals.csv", "deal,lead_id,closed,amount,stage", "D1,L1,2026-03-05,12,Won")
                .csv("companies.csv", "company,employees", "Acme,12");
    }

    /** A change to the sound mapping and what is said about it. */
    record Mistake(String removed, String added, List<String> messages) {

        static Mistake of(String paragraph) {
            return new Mistake(
                    lines(paragraph, "- "),
                    lines(paragraph, "+ "),
                    paragraph.lines().filter(line -> line.startsWith("line ")).toList());
        }

        private static String lines(String paragraph, String mark) {
            return paragraph
                    .lines()
                    .filter(line -> line.startsWith(mark))
                    .map(line -> line.substring(mark.length()) + "\n")
                    .collect(Collectors.joining());
        }

        @Override
        public String toString() {
            return added.isEmpty() ? "without " + removed.strip() : added.strip();
        }
    }

    static Stream<Mistake> mistakes() throws IOException {
        try (InputStream in = BrokenMappingsTest.class.getResourceAsStream("broken-mappings.txt")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            return Arrays.stream(text.split("\n\n", -1)).map(Mistake::of);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void aMistakeIsToldWithItsPlaceAndMendBeforeAnyWork(Mistake mistake) {
        assertThat(SOUND).contains(mistake.removed());
        ImportFolder.Run run = folder.mapping(SOUND.replace(mistake.removed(), mistake.added()))
                .run();
        assertThat(run.err().lines())
                .containsExactlyElementsOf(mistake.messages().stream()
                        .map("mapping.yaml: "::concat)
                        .toList());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(folder.names()).doesNotContain("out.jsonl");
    }

    @Test
    void allMistakesAreToldAtOnce() {
        ImportFolder.Run run = folder.mapping(SOUND.replace("Europe/Berlin", "Mars")
                        .replace("type: captured", "type: caught")
                        .replace("column: stage", "column: phase"))
                .run();
        assertThat(run.err().lines())
                .hasSize(3)
                .anyMatch(line -> line.contains("'Mars'"))
                .anyMatch(line -> line.contains("'caught'"))
                .anyMatch(line -> line.contains("'phase'"));
    }

    @Test
    void theSoundMappingIsSound() {
        assertThat(folder.mapping(SOUND).run().exitCode()).isZero();
    }

    @Test
    void aJoinWhoseRowsMakeNoEventsIsRefused() {
        String mapping = SOUND.replace(
                "  - {table: leads",
                "  - {table: companies, column: company, with: deals, key: deal}\n  - {table: leads");
        assertThat(folder.mapping(mapping).run().err())
                .contains("line 7, column 1: error: 'companies' has a join, but no event comes from it");
    }

    @Test
    void aTableThatNothingUsesIsOnlyMentioned() {
        String mapping = SOUND.replaceFirst("(?s)joins:.*?events:", "events:")
                .replace(", attributes: {employees: {column: companies.employees, as: int}}", "");
        ImportFolder.Run run = folder.mapping(mapping).run();
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("warning: nothing uses the table 'companies' (it may be left out)");
    }

    @Test
    void aFileThatNoTableIsInIsOnlyMentioned() {
        ImportFolder.Run run =
                folder.csv("more.csv", "a,b", "1,2").mapping(SOUND).run();
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("more.csv: no table of the mapping is in this file");
    }

    @Test
    void aColumnThatStandsInTheHeaderTwiceCannotBeNamed() {
        folder.csv("leads.csv", "lead_id,created,source,company,source", "L1,2026-03-01,web,Acme,ads");
        assertThat(folder.mapping(SOUND).run().err()).contains("stands in the header twice");
    }

    @Test
    void aHeaderInAnotherEncodingIsRefused() {
        folder.csv("leads.csv", "lead_id,créé,source,company\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(folder.mapping(SOUND).run().err())
                .contains(
                        "the header of 'leads.csv' is not readable as UTF-8 (save the file as CSV with the encoding UTF-8)");
    }

    @Test
    void anEmptyFileHasNoHeader() {
        folder.csv("leads.csv", new byte[0]);
        assertThat(folder.mapping(SOUND).run().err())
                .contains("'leads.csv' has no header (the first line must name the columns)");
    }
}
