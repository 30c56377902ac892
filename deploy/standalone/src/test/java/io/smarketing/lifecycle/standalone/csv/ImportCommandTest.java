package io.smarketing.lifecycle.standalone.csv;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.event.CloudEventCodec;
import io.smarketing.lifecycle.event.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCommandTest {

    private static final String LEADS = """
            source: urn:test:crm
            tables:
              leads: {file: leads.csv}
            events:
              - {from: leads, type: captured, lead: id, time: created}
            """;

    private final ImportFolder folder;

    ImportCommandTest(@TempDir Path directory) {
        this.folder = new ImportFolder(directory);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void anEventIsWrittenAsTheCodecWritesIt() throws IOException {
        folder.csv("leads.csv", "id,created", "L1,2026-03-01T10:30:00+01:00")
                .mapping(LEADS)
                .run();
        assertThat(folder.path("out.jsonl"))
                .hasContent("{\"specversion\":\"1.0\",\"id\":\"captured/L1\",\"source\":\"urn:test:crm\","
                        + "\"type\":\"io.smarketing.lead.captured.v1\",\"subject\":\"L1\","
                        + "\"time\":\"2026-03-01T09:30:00Z\",\"data\":{\"leadId\":\"L1\"}}");
    }

    @Test
    void theEventsOfAllFilesAreSortedByTimeAndThoseOfOneInstantKeepTheOrderOfTablesRowsAndRules() {
        folder.csv("leads.csv", "id,created", "L2,2026-03-02", "L1,2026-03-01")
                .csv("deals.csv", "id,closed", "L2,2026-03-01", "L1,2026-03-02")
                .mapping("""
                        source: urn:test:crm
                        tables:
                          leads: {file: leads.csv}
                          deals: {file: deals.csv}
                        events:
                          - {from: deals, type: won, lead: id, time: closed}
                          - {from: leads, type: captured, lead: id, time: created}
                          - {from: leads, type: marked-mql, lead: id, time: created}
                        """)
                .run();
        assertThat(folder.briefly())
                .containsExactly(
                        "captured L1 2026-03-01T00:00:00Z",
                        "marked-mql L1 2026-03-01T00:00:00Z",
                        "won L2 2026-03-01T00:00:00Z",
                        "captured L2 2026-03-02T00:00:00Z",
                        "marked-mql L2 2026-03-02T00:00:00Z",
                        "won L1 2026-03-02T00:00:00Z");
    }

    @Test
    void everyTypeAndFieldThatCanBeMappedIsAcceptedAgain() throws IOException, Refusal {
        folder.csv("leads.csv", "id,at,text,number,email", "L1,2026-03-01,some,3,Jo@Example.com")
                .mapping("""
                        source: urn:test:crm
                        tables:
                          leads: {file: leads.csv}
                        events:
                          - from: leads
                            type: captured
                            lead: id
                            time: at
                            data:
                              source: text
                              campaign: text
                              persona: text
                              contact: {email: email, name: text, phone: text, company: text}
                              cost: {amount: number, currency: {constant: EUR}}
                              attributes: {isTest: {constant: "yes", as: bool}, size: {column: number, as: decimal}}
                          - {from: leads, type: enriched, lead: id, time: at, data: {contact: {phone: text}, attributes: {a: text}}}
                          - {from: leads, type: activity, lead: id, time: at, data: {activity: text, asset: text, count: number}}
                          - {from: leads, type: accepted, lead: id, time: at, data: {by: text}}
                          - {from: leads, type: rejected, lead: id, time: at, data: {by: text, reason: text}}
                          - {from: leads, type: contacted, lead: id, time: at, data: {by: text, channel: {constant: call}, outcome: text}}
                          - {from: leads, type: won, lead: id, time: at, data: {amount: {column: number, as: int}, currency: text}}
                          - {from: leads, type: lost, lead: id, time: at, data: {by: text, reason: text}}
                          - {from: leads, type: voided, lead: id, time: at, data: {event: {source: {constant: urn:x}, id: text}, by: text}}
                          - {from: leads, type: scored, lead: id, time: at, data: {score: number, disqualified: {reason: text}}}
                          - {from: leads, type: marked-mql, lead: id, time: at, data: {score: number}}
                        """);
        ImportFolder.Run run = folder.run();
        assertThat(run.err()).doesNotContain("refused");
        CloudEventCodec codec = new CloudEventCodec();
        for (String line : Files.readAllLines(folder.path("out.jsonl"))) {
            byte[] json = line.getBytes(StandardCharsets.UTF_8);
            assertThat(codec.decode(json, Instant.now()).leadId()).isEqualTo("L1");
        }
        assertThat(folder.events()).hasSize(11);
        assertThat(folder.events().get(0).get("data"))
                .hasToString("{\"leadId\":\"L1\",\"source\":\"some\",\"campaign\":\"some\",\"persona\":\"some\","
                        + "\"attributes\":{\"isTest\":true,\"size\":3,\"emailDomain\":\"example.com\"},"
                        + "\"contact\":{\"email\":\"Jo@Example.com\",\"name\":\"some\",\"phone\":\"some\","
                        + "\"company\":\"some\"},\"cost\":{\"amount\":3,\"currency\":\"EUR\"}}");
    }

    @Test
    void aBlankCellIsAMissingValueAndAWordLikeUnknownIsAValue() {
        folder.csv("leads.csv", "id,created,origin", "L1,2026-03-01,", "L2,2026-03-01,\"  \"", "L3,2026-03-01,unknown")
                .mapping(LEADS.replace("time: created", "time: created, data: {source: origin}"))
                .run();
        assertThat(folder.events())
                .extracting(event -> event.get("data").toString())
                .containsExactly(
                        "{\"leadId\":\"L1\"}", "{\"leadId\":\"L2\"}", "{\"leadId\":\"L3\",\"source\":\"unknown\"}");
    }

    @Test
    void conditionsDecideWhichEventsARowMakes() {
        folder.csv(
                        "leads.csv",
                        "id,created,stage,size",
                        "L1,2026-03-01,Won,big",
                        "L2,2026-03-01,Lost,big",
                        "L3,2026-03-01,,small",
                        "L4,2026-03-01,Won,")
                .mapping("""
                        source: urn:test:crm
                        tables:
                          leads: {file: leads.csv}
                        events:
                          - {from: leads, type: won, lead: id, time: created, when: {column: stage, equals: Won}}
                          - {from: leads, type: captured, lead: id, time: created, when: {column: stage, notEquals: Won}}
                          - {from: leads, type: lost, lead: id, time: created, when: {column: stage, in: [Lost, Dead]}}
                          - from: leads
                            type: accepted
                            lead: id
                            time: created
                            when: [{column: stage, blank: true}, {column: size, blank: false, notEquals: big}]
                          - {from: leads, type: rejected, lead: id, time: created, when: {column: stage, equals: won}}
                        """);
        ImportFolder.Run run = folder.run();
        assertThat(folder.briefly())
                .extracting(line -> line.substring(0, line.indexOf(" 2026")))
                .containsExactly("won L1", "captured L2", "lost L2", "captured L3", "accepted L3", "won L4");
        assertThat(run.err()).contains("Note: no row made an event by events[4]; check its condition.");
    }

    @Test
    void aJoinAddsTheColumnsOfTheMatchingRowAndLeavesThemMissingWhereNoneMatches() {
        folder.csv("leads.csv", "id,created,company", "L1,2026-03-01,Acme", "L2,2026-03-01,acme", "L3,2026-03-01,")
                .csv("companies.csv", "name,country", "Acme,DE", ",XX")
                .csv("countries.csv", "code,region", "DE,Europe")
                .mapping("""
                        source: urn:test:crm
                        tables:
                          leads: {file: leads.csv}
                          companies: {file: companies.csv}
                          countries: {file: countries.csv}
                        joins:
                          - {table: leads, column: company, with: companies, key: name}
                          - {table: leads, column: companies.country, with: countries, key: code}
                        events:
                          - from: leads
                            type: captured
                            lead: id
                            time: created
                            data: {attributes: {country: companies.country, region: countries.region}}
                        """);
        ImportFolder.Run run = folder.run("--json");
        assertThat(folder.events())
                .extracting(event -> event.at("/data/attributes").toString())
                .containsExactly("{\"country\":\"DE\",\"region\":\"Europe\"}", "", "");
        assertThat(run.json().at("/joins/0"))
                .hasToString("{\"table\":\"leads\",\"column\":\"company\",\"with\":\"companies\",\"matched\":1,"
                        + "\"blank\":1,\"unmatched\":1,\"firstUnmatchedKeys\":[\"acme\"]}");
        assertThat(run.err())
                .contains("Note: company of leads joined with companies: 1 rows matched, 1 blank,"
                        + " 1 without a match, as 'acme'.");
    }

    @Test
    void aJoinKeyThatStandsTwiceIsRefusedBeforeWork() {
        folder.csv("leads.csv", "id,created,company", "L1,2026-03-01,Acme")
                .csv("companies.csv", "name,country", "Acme,DE", "Beta,FR", "Acme,AT")
                .mapping("""
                        source: urn:test:crm
                        tables:
                          leads: {file: leads.csv}
                          companies: {file: companies.csv}
                        joins:
                          - {table: leads, column: company, with: companies, key: name}
                        events:
                          - {from: leads, type: captured, lead: id, time: created}
                        """);
        ImportFolder.Run run = folder.run();
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().strip())
                .isEqualTo("companies.csv, line 4: the name 'Acme' stands in line 2 already;"
                        + " a join needs it once: remove one of the rows");
        assertThat(folder.names()).doesNotContain("out.jsonl");
    }

    @Test
    void aBrokenRowOfAJoinedTableIsRefusedAndTheOthersAreFound() {
        folder.csv("leads.csv", "id,created,company", "L1,2026-03-01,Acme")
                .csv("companies.csv", "name,country", "Beta", "Acme,DE")
                .mapping("""
                        source: urn:test:crm
                        tables:
                          leads: {file: leads.csv}
                          companies: {file: companies.csv}
                        joins:
                          - {table: leads, column: company, with: companies, key: name}
                        events:
                          - {from: leads, type: captured, lead: id, time: created, data: {source: companies.country}}
                        """);
        assertThat(folder.run().err()).contains("companies.csv:2: wrong-column-count");
        assertThat(folder.events().get(0).at("/data/source").stringValue()).isEqualTo("DE");
    }

    @Test
    void anIdOfColumnsKeepsSeveralEventsOfALeadApart() {
        folder.csv("leads.csv", "id,created,visit", "L1,2026-03-01,7", "L1,2026-03-02,8", "L1,2026-03-02,8")
                .mapping(LEADS.replace("type: captured", "type: activity, id: \"web:{visit}/{id}\"")
                        .replace("time: created", "time: created, data: {activity: {constant: page_view}}"));
        ImportFolder.Run run = folder.run("--json");
        assertThat(folder.events())
                .extracting(event -> event.get("id").stringValue())
                .containsExactly("web:7/L1", "web:8/L1");
        assertThat(run.json().get("duplicates").intValue()).isEqualTo(1);
        assertThat(run.json().get("refusedCount").intValue()).isZero();
    }

    @Test
    void severalFormsOfTimeAndAZoneAreRead() {
        folder.csv("leads.csv", "id,created", "L1,2026-03-01 12:00", "L2,01/03/2026", "L3,2026-03-01T12:00:00Z")
                .mapping("zone: Europe/Berlin\n"
                        + LEADS.replace(
                                "time: created", "time: {column: created, format: [\"yyyy-MM-dd HH:mm\", dd/MM/yyyy]}"))
                .run();
        assertThat(folder.briefly())
                .containsExactly(
                        "captured L2 2026-02-28T23:00:00Z",
                        "captured L1 2026-03-01T11:00:00Z",
                        "captured L3 2026-03-01T12:00:00Z");
    }

    @Test
    void withoutAFormatIsoDatesAndTimesAreRead() {
        folder.csv(
                        "leads.csv",
                        "id,created",
                        "L1,2026-03-01",
                        "L2,2026-03-01T09:30:00",
                        "L3,2026-03-01 09:30:00",
                        "L4,2026-03-01T09:30:00.5+01:00")
                .mapping(LEADS);
        assertThat(folder.run().err()).doesNotContain("refused");
        assertThat(folder.events()).hasSize(4);
    }

    @Test
    void packedFilesAndOtherDelimitersAreRead() throws IOException {
        folder.csv("leads.csv.gz", gzip("\uFEFFid;created\r\n\"L;1\";2026-03-01\r\n"))
                .mapping(LEADS.replace("leads.csv}", "leads.csv, delimiter: \";\"}"))
                .run();
        assertThat(folder.briefly()).containsExactly("captured L;1 2026-03-01T00:00:00Z");
        folder.csv("leads.csv.gz", gzip("id\tcreated\nL2\t2026-03-01\n"))
                .mapping(LEADS.replace("leads.csv}", "leads.csv.gz, delimiter: tab}"))
                .run();
        assertThat(folder.briefly()).containsExactly("captured L2 2026-03-01T00:00:00Z");
    }

    @Test
    void aPackedFileThatBreaksOffIsRefusedAndNothingIsLeftBehind() throws IOException {
        StringBuilder rows = new StringBuilder("id,created\n");
        for (int i = 0; i < 20_000; i++) {
            rows.append("L").append(i * 7_919L % 20_011).append(",2026-03-01\n");
        }
        byte[] packed = gzip(rows.toString());
        folder.csv("leads.csv.gz", Arrays.copyOf(packed, packed.length / 2)).mapping(LEADS);
        ImportFolder.Run run = folder.run();
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("leads.csv.gz cannot be read to its end: the packed data breaks off");
        assertThat(folder.names()).containsExactly("leads.csv.gz", "mapping.yaml");
    }

    @Test
    void theSameInputGivesTheSameBytes() throws IOException {
        folder.csv("leads.csv", "id,created", "L2,2026-03-02", "L1,2026-03-01").mapping(LEADS);
        folder.run();
        byte[] first = Files.readAllBytes(folder.path("out.jsonl"));
        folder.run();
        assertThat(folder.path("out.jsonl")).hasBinaryContent(first);
    }

    @Test
    void aNameInGzIsPacked() throws IOException {
        folder.csv("leads.csv", "id,created", "L1,2026-03-01")
                .mapping(LEADS)
                .runTo(folder.path("o.gz").toString());
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(folder.path("o.gz")))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("\"subject\":\"L1\"")
                    .endsWith("}\n");
        }
    }

    @Test
    void theReportIsOneJsonObject() {
        folder.csv("leads.csv", "id,created", "L1,2026-03-01", "L2,").mapping(LEADS);
        assertThat(folder.run("--json").out())
                .isEqualToIgnoringNewLines("{\"files\":[{\"file\":\"leads.csv\",\"rows\":2}],\"rows\":2,"
                        + "\"events\":{\"captured\":1},\"eventCount\":1,\"duplicates\":0,\"joins\":[],"
                        + "\"refused\":{\"missing-time\":1},\"refusedCount\":1,\"refusedRows\":[{\"file\":\"leads.csv\","
                        + "\"line\":3,\"code\":\"missing-time\",\"field\":\"created\",\"message\":\"'created' is blank\","
                        + "\"mend\":\"fill it in, or form the event only `when: {column: created, blank: false}`\"}]}");
    }

    @Test
    void aMinusWritesToStandardOutputAndTheReportElsewhere() {
        folder.csv("leads.csv", "id,created", "L1,2026-03-01").mapping(LEADS);
        PrintStream standardOutput = System.out;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
            ImportFolder.Run run = folder.runTo("-", "--json");
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).contains("{\"files\":");
        } finally {
            System.setOut(standardOutput);
        }
        assertThat(written.toString(StandardCharsets.UTF_8))
                .startsWith("{\"specversion\"")
                .endsWith("}\n");
    }

    @Test
    void filesThatCannotBeReadOrWrittenAreNamed() throws IOException {
        folder.csv("leads.csv", "id,created", "L1,2026-03-01").mapping(LEADS);
        String leads = folder.path("leads.csv").toString();
        String mapping = folder.path("mapping.yaml").toString();
        assertThat(ImportFolder.call("none.csv", "--mapping", mapping, "--out", "o")
                        .err())
                .isEqualToIgnoringNewLines("none.csv: no file that can be read; check the path");
        assertThat(ImportFolder.call(leads, "--mapping", "none.yaml", "--out", "o")
                        .err())
                .isEqualToIgnoringNewLines("--mapping: there is no file none.yaml that can be read");
        assertThat(folder.runTo(folder.path("no/such/out").toString()).err())
                .contains("cannot be written (NoSuchFileException); name a file in a folder that is there");
        Files.createDirectory(folder.path("more"));
        folder.csv("more/leads.csv", "id,created");
        assertThat(folder.run().err()).contains("have the same name, by which the mapping finds them; rename one");
    }

    @Test
    void anInputIsNeverOverwritten() {
        folder.csv("leads.csv", "id,created", "L1,2026-03-01").mapping(LEADS);
        ImportFolder.Run run = folder.runTo(folder.path("leads.csv").toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("leads.csv would be read and written, or written twice; name another file");
        assertThat(folder.path("leads.csv")).content().startsWith("id,created");
    }

    private static void assertWrongUsage(String message, String... arguments) {
        ImportFolder.Run run = ImportFolder.call(arguments);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }

    @Test
    void wrongUsageIsTold() {
        assertWrongUsage("Add --out FILE (a file) or --url URL (an engine)", "leads.csv");
        assertWrongUsage("CSV files need --mapping FILE; a history is one already", "leads.csv", "--out", "o.jsonl");
        assertWrongUsage("send it by --url URL", "h.jsonl", "--out", "o.jsonl");
        assertWrongUsage("needs --mapping FILE", "h.jsonl", "--out", "o.jsonl", "--url", "http://localhost:1");
        assertWrongUsage(
                "h.jsonl.gz is a history, which needs no mapping", "h.jsonl.gz", "--mapping", "m", "--out", "o");
        assertWrongUsage(
                "--timeout goes with --url URL", "a.csv", "--mapping", "m.yaml", "--out", "o", "--timeout", "9s");
        assertWrongUsage("'soon' is no time to wait (write 30s, 5m or 2h)", "h.jsonl", "--timeout", "soon");
    }
}
