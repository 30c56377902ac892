package io.smarketing.lifecycle.standalone.csv;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusedRowsTest {

    private static final String HEADER = "lead_id,created,note,visits,score";
    private static final String SOUND = "L1,2026-03-01,hello,3,50";

    private static final String MAPPING = """
            source: urn:test:crm
            tables:
              leads: {file: leads.csv}
            events:
              - from: leads
                type: captured
                lead: lead_id
                time: {column: created, format: yyyy-MM-dd}
                data: {source: note, attributes: {visits: {column: visits, as: int}}}
              - from: leads
                type: scored
                when: {column: score, blank: false}
                lead: lead_id
                time: {column: created, format: yyyy-MM-dd}
                data: {score: score}
            """;

    private final ImportFolder folder;

    RefusedRowsTest(@TempDir Path directory) {
        this.folder = new ImportFolder(directory).mapping(MAPPING);
    }

    private List<String> refused(String... options) {
        return folder.run(options)
                .err()
                .lines()
                .filter(line -> line.startsWith("  leads.csv:"))
                .map(String::strip)
                .toList();
    }

    @Test
    void nothingButRefusedRowsIsWrongInput() {
        ImportFolder.Run run = folder.csv("leads.csv", HEADER, "L1,,hello,3,50", "L2,never,hello,3,50")
                .run();
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("no event was made: every row was refused");
        assertThat(folder.csv("leads.csv", HEADER, "L1,,hello,3,50", SOUND)
                        .run()
                        .exitCode())
                .isZero();
        assertThat(folder.csv("leads.csv", HEADER).run().exitCode())
                .as("nothing to refuse")
                .isZero();
        folder.mapping(
                MAPPING.replaceFirst("type: captured", "type: captured\n    when: {column: visits, blank: false}"));
        assertThat(folder.csv("leads.csv", HEADER, "L1,,hello,3,50", "L2,2026-03-01,hello,,")
                        .run()
                        .exitCode())
                .as("a row that no rule applies to")
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "L2,,hi,3,50 | missing-time in created: 'created' is blank (fill it in, or form the event only"
                        + " `when: {column: created, blank: false}`)",
                "L2,2026-02-30,hi,3,50 | invalid-time in created: '2026-02-30' is no time as yyyy-MM-dd or"
                        + " 2026-03-01T09:30:00+01:00 (mend the cell, or add its form to the event's time,"
                        + " as format: [yyyy-MM-dd, dd/MM/yyyy])",
                "L2,2999-01-01,hi,3,50 | clock-ahead in created: 2999-01-01T00:00:00Z lies in the future"
                        + " (set the emitter's clock, or send the event once it has happened)",
                "' ,2026-03-01,hi,3,50' | missing-subject in lead_id: 'lead_id' is blank"
                        + " (every event needs the id of its lead: fill it in)",
                "jo@example.com,2026-03-01,hi,3,50 | personal-lead-id in lead_id: the lead's id is an e-mail address"
                        + " (use an id that says nothing of the person, as the CRM's; the address belongs in"
                        + " data.contact.email)",
                "L2,2026-03-01,hi,3,high | invalid-value in score: 'high' is not a number (write digits with a point"
                        + " before the decimals and none between thousands, as 1250.50)",
                "L2,2026-03-01,hi | wrong-column-count: the row has 3 cells, the header 5 columns"
                        + " (put a cell that contains ',' in quotes, or fill the row up)",
                "L2,2026-03-01,well, hi,3,50 | wrong-column-count: the row has 6 cells, the header 5 columns"
                        + " (put a cell that contains ',' in quotes, or fill the row up)",
                "L2,2026-03-01,\"hi,3,50 | broken-quote: a quote on this line is not closed, or text follows the closing"
                        + " quote (close it before the next delimiter; write a quote inside quotes twice)",
                "L1,2026-03-02,other,3,50 | conflicting-duplicate in lead_id: another event has the id 'captured/L1'"
                        + " already (make the id of columns that differ from row to row, as id: \"{order_id}/captured\")",
            })
    void aRefusedRowIsToldWithItsLineColumnAndMendAndTheOthersAreImported(String row, String message) {
        folder.csv("leads.csv", HEADER, SOUND, row.replace("'", ""), "L9,2026-03-09,bye,1,10");
        assertThat(refused()).containsExactly("leads.csv:3: " + message);
        assertThat(folder.briefly())
                .containsExactly(
                        "captured L1 2026-03-01T00:00:00Z",
                        "scored L1 2026-03-01T00:00:00Z",
                        "captured L9 2026-03-09T00:00:00Z",
                        "scored L9 2026-03-09T00:00:00Z");
    }

    @Test
    void aRowIsRefusedAsAWholeAndCountedOnce() {
        folder.csv("leads.csv", HEADER, "L1,2026-03-01,hi,3,none", "L2,,hi,3,none");
        ImportFolder.Run run = folder.run("--json");
        assertThat(folder.events()).isEmpty();
        assertThat(run.json().get("refused")).hasToString("{\"invalid-value\":1,\"missing-time\":1}");
        assertThat(run.json().get("refusedCount").intValue()).isEqualTo(2);
    }

    @Test
    void lineNumbersCountTheLinesOfTheFile() {
        folder.csv(
                "leads.csv",
                HEADER,
                "L1,2026-03-01,\"one",
                "two",
                "",
                "three\",3,50",
                "",
                "L2,never,\"four",
                "five\",3,50",
                "L3,never,six,3,50");
        assertThat(refused())
                .hasSize(2)
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("leads.csv:7: invalid-time"),
                        line -> assertThat(line).startsWith("leads.csv:9: invalid-time"));
        assertThat(folder.events().get(0).at("/data/source").stringValue()).isEqualTo("one\ntwo\n\nthree");
    }

    @Test
    void anAttributeOfTheWrongTypeRefusesNothingAndIsKeptAsText() {
        folder.csv("leads.csv", HEADER, "L1,2026-03-01,hi,a few,");
        assertThat(refused()).isEmpty();
        assertThat(folder.events().get(0).at("/data/attributes/visits").stringValue())
                .isEqualTo("a few");
    }

    @Test
    void aCellInAnotherEncodingRefusesItsRowWhereTheCellIsUsed() {
        folder.csv(
                "leads.csv",
                (HEADER + "\nL1,2026-03-01,Andr\u00e9,3,50\n" + SOUND + "\n").getBytes(StandardCharsets.ISO_8859_1));
        assertThat(refused())
                .containsExactly("leads.csv:2: invalid-encoding in note: 'Andr\uFFFD' is not readable as UTF-8"
                        + " (save the file with the encoding UTF-8)");
    }

    @Test
    void aRowTooLargeForAnEventIsRefusedSinceNoReaderWouldTakeIt() {
        folder.csv("leads.csv", HEADER, "L1,2026-03-01," + "x".repeat(1 << 20) + ",3,50", "L2,2026-03-01,hi,3,");
        assertThat(refused())
                .containsExactly("leads.csv:2: too-large: the captured event would have 1,048,786 bytes"
                        + " (shorten the row's texts to at most 1,048,576 bytes in all, or map fewer columns)");
        assertThat(folder.briefly()).containsExactly("captured L2 2026-03-01T00:00:00Z");
    }

    @Test
    void allRefusedRowsGoToAFileWithTheRowAsItStood() {
        String broken = "L1,\"1 March\",\"say \"\"hi\"\"\nto\",3,50";
        folder.csv("leads.csv", HEADER, broken, "L2,2026-03-01,\"oops,3,50", SOUND);
        folder.run("--refused", folder.path("refused.jsonl").toString());
        assertThat(folder.jsonLines("refused.jsonl"))
                .satisfiesExactly(
                        row -> {
                            assertThat(row.get("line").intValue()).isEqualTo(2);
                            assertThat(row.get("code").stringValue()).isEqualTo("invalid-time");
                            assertThat(row.get("field").stringValue()).isEqualTo("created");
                            assertThat(row.get("row").stringValue()).isEqualTo(broken);
                        },
                        row -> {
                            assertThat(row.get("line").intValue()).isEqualTo(4);
                            assertThat(row.get("row").stringValue()).isEqualTo("L2,2026-03-01,\"oops,3,50");
                        });
    }

    @Test
    void theTerminalShowsTenRefusedRowsAndTheJsonAHundred() {
        folder.csv("leads.csv", HEADER, "L1,,hi,3,50\n".repeat(120).strip());
        assertThat(refused()).hasSize(10);
        ImportFolder.Run run = folder.run("--json");
        assertThat(run.err()).contains("… and 110 more; `--refused FILE` writes them all.");
        assertThat(run.json().get("refusedRows").size()).isEqualTo(100);
        assertThat(run.json().get("refusedCount").intValue()).isEqualTo(120);
    }

    @Test
    void strictStopsAtTheFirstRefusedRowAndLeavesTheFilesAsTheyWere() {
        folder.csv("leads.csv", HEADER, SOUND, "L2,,hi,3,50", "L3,,hi,3,50");
        ImportFolder.Run run =
                folder.run("--strict", "--refused", folder.path("refused.jsonl").toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("leads.csv:3: missing-time in created").doesNotContain("leads.csv:4");
        assertThat(folder.names()).containsExactly("leads.csv", "mapping.yaml");
    }

    @Test
    void aRowOfATableThatIsJoinedAndMakesEventsIsRefusedOnce(@TempDir Path joined) {
        byte[] leads = "id,created\nL1,2026-01-01T00:00:00Z\nM?ller,2026-01-02T00:00:00Z\n"
                .getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < leads.length; i++) {
            leads[i] = leads[i] == '?' ? (byte) 0xFC : leads[i];
        }
        ImportFolder folder = new ImportFolder(joined)
                .csv("leads.csv", leads)
                .csv("deals.csv", "lead,closed", "L1,2026-02-01T00:00:00Z")
                .mapping("""
                        source: urn:test:crm
                        tables:
                          leads: {file: leads.csv}
                          deals: {file: deals.csv}
                        joins:
                          - {table: deals, column: lead, with: leads, key: id}
                        events:
                          - {from: leads, type: captured, lead: id, time: created}
                          - {from: deals, type: won, lead: lead, time: closed}
                        """);

        ImportFolder.Run run =
                folder.run("--json", "--refused", folder.path("refused.jsonl").toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(folder.jsonLines("refused.jsonl")).hasSize(1);
        assertThat(run.err().lines().filter(line -> line.contains("leads.csv:3: invalid-encoding")))
                .hasSize(1);
    }
}
