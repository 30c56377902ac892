package io.smarketing.lifecycle.standalone.csv;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.standalone.generate.GenerateCommand;
import io.smarketing.lifecycle.standalone.send.FakeEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.SequenceInputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ImportToEngineTest {

    private static final String MAPPING = """
            source: urn:test:crm
            tables:
              leads: {file: leads.csv}
            events:
              - {from: leads, type: captured, lead: id, time: created}
              - {from: leads, type: won, lead: id, time: closed, when: {column: closed, blank: false}}
            """;

    @TempDir
    private Path folder = Path.of("");

    private FakeEngine engine;

    @BeforeEach
    void start() throws IOException {
        engine = FakeEngine.start();
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private static String event(String id, String lead, String type) {
        return """
               {"specversion":"1.0","id":"%s","source":"urn:t","type":"io.smarketing.lead.%s.v1","subject":"%s","time":"2026-01-01T00:00:00Z","data":{"leadId":"%s"}}""".formatted(id, type, lead, lead);
    }

    private Path history(String... lines) throws IOException {
        return Files.write(folder.resolve("h.jsonl"), List.of(lines));
    }

    /** The history's size is a few times what is under way at once. */
    private Path generated() {
        Path file = folder.resolve("generated.jsonl");
        int exitCode = new CommandLine(new GenerateCommand())
                .setErr(new PrintWriter(new StringWriter()))
                .execute("--leads", "800", "--out", file.toString());
        assertThat(exitCode).isZero();
        return file;
    }

    private ImportFolder.Run send(Object... arguments) {
        List<String> all =
                new ArrayList<>(Arrays.stream(arguments).map(Object::toString).toList());
        if (!all.contains("--timeout")) {
            all.addAll(List.of("--timeout", "20s"));
        }
        if (!all.contains("--url")) {
            all.addAll(List.of("--url", engine.url()));
        }
        return ImportFolder.call(all.toArray(String[]::new));
    }

    private static void assertAddsUp(JsonNode report) {
        assertThat(report.get("sent").longValue())
                .isEqualTo(report.get("stored").longValue()
                        + report.get("duplicates").longValue()
                        + report.get("parked").longValue()
                        + report.get("refused").longValue());
    }

    private static Map<String, List<String>> idsByLead(Path history) throws IOException {
        Map<String, List<String>> ids = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        for (String line : Files.readAllLines(history)) {
            JsonNode event = JsonMapper.shared().readTree(line);
            if (seen.add(event.get("source") + " " + event.get("id"))) {
                ids.computeIfAbsent(event.get("subject").stringValue(), lead -> new ArrayList<>())
                        .add(event.get("id").stringValue());
            }
        }
        return ids;
    }

    @Test
    void everyLeadsEventsArriveInOrderThoughSeveralRequestsAreUnderWay() throws IOException {
        engine.slownessMillis = 60;
        Path history = generated();
        ImportFolder.Run run = send(history, "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(engine.idsByLead()).containsExactlyInAnyOrderEntriesOf(idsByLead(history));
        assertThat(engine.mostUnderWay.get()).isBetween(2, 4);
        assertThat(run.json().get("sent").intValue())
                .isEqualTo(Files.readAllLines(history).size());
        assertAddsUp(run.json());
        assertThat(engine.contentTypes).containsOnly("application/x-ndjson");
        assertThat(engine.bodies).allMatch(body -> body.lines().count() <= 500);
    }

    @Test
    void theBytesOfALineAreSentAsTheyStand() throws IOException {
        String odd = " { \"subject\" : \"L1\",\"id\":\"\\u0031\", \"source\":\"urn:t\",\"n\":1.50e0,\"é\":\"ü\" } ";
        ImportFolder.Run run = send(history("", odd, "   "));
        assertThat(run.exitCode()).isZero();
        assertThat(engine.bodies).containsExactly(odd + "\n");
    }

    @Test
    void theSecondTimeAllIsDuplicates() {
        Path history = generated();
        JsonNode first = send(history, "--json").json();
        JsonNode second = send(history, "--json").json();

        assertThat(first.get("stored").intValue()).isPositive();
        assertThat(second.get("duplicates")).isEqualTo(first.get("sent"));
        assertThat(second.get("stored").intValue()).isZero();
        assertThat(second.get("parked").intValue()).isZero();
    }

    @Test
    void whileTheEngineIsAwayTheSenderWaitsAndTellsItOnce() throws IOException {
        engine.away(9).tooMany(1);
        Path history = generated();
        ImportFolder.Run run = send(history);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err().lines().filter(line -> line.contains("the engine is away")))
                .singleElement()
                .asString()
                .contains("503 unavailable: the store is away", "waiting up to 20 s…");
        assertThat(run.err()).contains("the engine is back");
        assertThat(engine.idsByLead()).containsExactlyInAnyOrderEntriesOf(idsByLead(history));
    }

    @Test
    void retryAfterIsHonoured() throws IOException {
        engine.tooMany(1);
        long begun = System.nanoTime();
        assertThat(send(history(event("1", "L1", "captured"))).exitCode()).isZero();
        assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void aLostAnswerIsFetchedAgainAndNothingIsTakenTwiceOrOutOfOrder() throws IOException {
        engine.loseAnswers(5);
        Path history = generated();
        ImportFolder.Run run = send(history, "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(engine.idsByLead()).containsExactlyInAnyOrderEntriesOf(idsByLead(history));
        assertThat(run.json().get("duplicates").intValue()).isGreaterThan(500);
        assertAddsUp(run.json());
    }

    @Test
    void anEngineThatStartsLaterGetsAll() throws Exception {
        int port = engine.port();
        engine.close();
        Path history = history(event("1", "L1", "captured"));
        CompletableFuture<ImportFolder.Run> run =
                CompletableFuture.supplyAsync(() -> send(history, "--url", "http://localhost:" + port));
        Thread.sleep(700);
        engine = FakeEngine.at(port);

        assertThat(run.get(30, TimeUnit.SECONDS).exitCode()).isZero();
        assertThat(run.get().err())
                .contains("the engine is away (nothing listens at", "the engine is back", "sent 1 = 1 stored");
    }

    @Test
    void anEngineThatStaysAwayIsGivenUpAndTheUserToldHowToGoOn() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        ImportFolder.Run run = send(generated(), "--json", "--timeout", "1s", "--url", "http://localhost:" + port);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("gave up after 1 s: nothing listens at http://localhost:" + port)
                .contains("Run the same command again: what was taken is recognised.");
        assertThat(run.json().get("complete").booleanValue()).isFalse();
        assertThat(run.json().get("sent").intValue()).isZero();
    }

    @Test
    void anEngineThatFailsAgainAndAgainIsGivenUpBeforeTheTime() throws IOException {
        engine.faulty(5);
        ImportFolder.Run run = send(history(event("1", "L1", "captured")));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("gave up after 5 attempts", "answers 500: oops");
    }

    @Test
    void refusedLinesAreToldWithTheirPlaceAndTheOthersAreTaken() throws IOException {
        Path history = history(
                event("1", "L1", "captured"),
                "",
                "{broken",
                event("1", "L1", "won"),
                "{\"id\":\"7\"}",
                event("2", "L2", "won"));
        Path refused = folder.resolve("refused.jsonl");
        ImportFolder.Run run = send(history, "--json", "--refused", refused);

        assertThat(run.exitCode()).isZero();
        assertThat(run.err())
                .contains("h.jsonl:3: unreadable-json: what is wrong (how to mend it)")
                .contains("h.jsonl:4: conflicting-duplicate in id: what is wrong (how to mend it)")
                .contains("h.jsonl:5: missing-subject in subject")
                .contains("sent 5 = 1 stored + 0 duplicates + 1 parked + 3 refused"
                        + " (conflicting-duplicate 1, missing-subject 1, unreadable-json 1)");
        assertThat(run.json().get("refusedByCode"))
                .hasToString("{\"conflicting-duplicate\":1,\"missing-subject\":1,\"unreadable-json\":1}");
        assertThat(run.json().get("refusedLines")).hasSize(3);
        assertAddsUp(run.json());
        assertThat(Files.readAllLines(refused))
                .hasSize(3)
                .contains(
                        "{\"file\":\"%s\",\"line\":3,\"code\":\"unreadable-json\",\"field\":\"\",\"message\":\"what is wrong\",\"mend\":\"how to mend it\",\"event\":\"{broken\"}"
                                .formatted(history));
    }

    @Test
    void onlyTheFirstTwentyRefusedLinesAreTold() throws IOException {
        List<String> lines = new ArrayList<>(List.of(event("1", "L1", "captured")));
        for (int i = 0; i < 30; i++) {
            lines.add("broken");
        }
        Path refused = folder.resolve("refused.jsonl");
        ImportFolder.Run run = send(history(lines.toArray(String[]::new)), "--refused", refused);
        assertThat(run.err().lines().filter(line -> line.contains("h.jsonl:"))).hasSize(20);
        assertThat(run.err()).contains("… and 10 more refused lines; `--refused FILE` writes them all.");
        assertThat(Files.readAllLines(refused)).hasSize(30);
    }

    @Test
    void strictStopsAtTheFirstRefusedLine() throws IOException {
        List<String> lines = new ArrayList<>(List.of("broken"));
        for (int i = 0; i < 5_000; i++) {
            lines.add(event("e" + i, "L0", "captured"));
        }
        ImportFolder.Run run = send(history(lines.toArray(String[]::new)), "--strict", "--json");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("stopped at the first refused line, as --strict says:", "h.jsonl:1: unreadable");
        assertThat(engine.size())
                .as("the lead goes the way of unreadable lines")
                .isEqualTo(499);
        assertThat(run.json().get("complete").booleanValue()).isFalse();
        assertAddsUp(run.json());
    }

    @Test
    void whenEveryLineIsRefusedTheInputIsWrong() throws IOException {
        ImportFolder.Run run = send(history("id;created", "1;2026-01-01"));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("every line was refused (a history is CloudEvents, one JSON object a line;");
    }

    @Test
    void anEmptyHistoryIsNoMistake() throws IOException {
        ImportFolder.Run run = send(history());
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("sent 0 = 0 stored");
        assertThat(engine.bodies).isEmpty();
    }

    @Test
    void aBodyThatIsRefusedAsAWholeIsToldInTheEnginesWords() throws IOException {
        ImportFolder.Run run = send(history(event("too-much", "L1", "captured")));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("answers 413 batch-too-large: there are too many events in the body (try another way)");
    }

    @Test
    void aLineLongerThanAnyEventIsRefusedHereAndTheOthersAreSent() throws IOException {
        ImportFolder.Run run = send(
                history(event("1", "L1", "captured"), "\"" + "x".repeat(5 << 20) + "\"", event("2", "L1", "won")),
                "--json");
        assertThat(run.exitCode()).isZero();
        assertThat(run.json().get("stored").intValue()).isEqualTo(2);
        assertThat(run.json().get("refusedByCode")).hasToString("{\"too-large\":1}");
    }

    @Test
    void longLinesGoInSmallerRequests() throws IOException {
        String[] lines = new String[10];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = event("e" + i, "L1", "captured")
                    .replace("\"data\"", "\"x\":\"" + "y".repeat(900_000) + "\",\"data\"");
        }
        assertThat(send(history(lines)).exitCode()).isZero();
        assertThat(engine.bodies).hasSize(3).allMatch(body -> body.length() <= 4 << 20);
        assertThat(engine.idsByLead().get("L1")).hasSize(10).isSorted();
    }

    @Test
    void severalFilesPackedOnesAndStdinAreSentInTurn() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(("\uFEFF" + event("1", "L1", "captured") + "\r\n").getBytes(StandardCharsets.UTF_8));
        }
        Path first = Files.write(folder.resolve("first.jsonl.gz"), packed.toByteArray());
        InputStream stdin = System.in;
        try {
            System.setIn(new ByteArrayInputStream(event("3", "L1", "lost").getBytes(StandardCharsets.UTF_8)));
            ImportFolder.Run run = send(first, history(event("2", "L1", "won")), "-");
            assertThat(run.exitCode()).as(run.err()).isZero();
        } finally {
            System.setIn(stdin);
        }
        assertThat(engine.idsByLead()).containsExactly(Map.entry("L1", List.of("1", "2", "3")));
    }

    private static byte[] packed(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }

    private ImportFolder.Run sendFrom(InputStream in) {
        InputStream stdin = System.in;
        try {
            System.setIn(in);
            return send("-", "--json");
        } finally {
            System.setIn(stdin);
        }
    }

    /** A pipe has nothing to give where one packed file ended and the next is still to come. */
    @Test
    void packedFilesThatComeOneAfterTheOtherThroughAPipeAreSentToTheLast() throws IOException {
        ImportFolder.Run run = sendFrom(new SequenceInputStream(
                new ByteArrayInputStream(packed(event("1", "L1", "captured") + "\n")),
                new ByteArrayInputStream(packed(event("2", "L1", "won") + "\n"))));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().get("stored").intValue()).isEqualTo(2);
    }

    @Test
    void whatFollowsPackedDataAndIsNotPackedIsToldInsteadOfLeftOut() throws IOException {
        ImportFolder.Run run = sendFrom(new SequenceInputStream(
                new ByteArrayInputStream(packed(event("1", "L1", "captured") + "\n")),
                new ByteArrayInputStream((event("2", "L1", "won") + "\n").getBytes(StandardCharsets.UTF_8))));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("stdin cannot be read to its end:");
    }

    @Test
    void aFileThatBreaksOffIsToldWithWhatWasSentBefore() throws IOException {
        byte[] whole;
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(Files.readAllBytes(generated()));
        }
        whole = packed.toByteArray();
        Path half = Files.write(folder.resolve("half.jsonl.gz"), Arrays.copyOf(whole, whole.length / 2));
        ImportFolder.Run run = send(half, "--json");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("half.jsonl.gz cannot be read to its end: the packed data breaks off");
        assertThat(run.json().get("stored").intValue()).isPositive();
        assertAddsUp(run.json());
    }

    @Test
    void filesThatCannotBeSentAreNamedBeforeAnythingIsSent() throws IOException {
        Path sound = history(event("1", "L1", "captured"));
        assertThat(send(sound, "none.jsonl").err())
                .isEqualToIgnoringNewLines("none.jsonl: no file that can be read; check the path");
        assertThat(send(sound, folder).err()).contains("is a folder; name the files in it");
        Path table = Files.writeString(folder.resolve("t.csv"), "id\n1\n");
        assertThat(send(sound, table).err()).contains("t.csv is a table, not a history", "by --mapping FILE");
        assertThat(engine.bodies).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:8080, does not begin with http:// or https://",
        "localhost, does not begin with http:// or https://",
        "ftp://localhost, does not begin with http:// or https://",
        "http:///x, names no host and port",
        "http://localhost:99999, names no host and port",
        "http://a b, is no URL",
        "http://me:secret@localhost:8080, has a user in it",
        "http://localhost:8080/?x=1, has a part after '?' or '#'",
        "http://no-such-host.invalid:8080, there is no host no-such-host.invalid; check the name",
    })
    void aWrongUrlIsToldAtOnce(String url, String told) throws IOException {
        ImportFolder.Run run = send(history(event("1", "L1", "captured")), "--url", url);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(told).doesNotContain("secret");
    }

    @Test
    void anAddressThatIsNoEngineIsToldAtOnce() throws IOException {
        Path history = history(event("1", "L1", "captured"));
        ImportFolder.Run nowhere = send(history, "--url", engine.url() + "/nowhere");
        assertThat(nowhere.exitCode()).isEqualTo(2);
        assertThat(nowhere.err()).contains("/nowhere/v1/events answers 404; is that a lifecycle engine?");
        assertThat(send(history, "--url", engine.url() + "/page").err())
                .contains("answers 200, but not as a lifecycle engine does");
        assertThat(send(history, "--url", engine.url() + "/moved").err())
                .contains("it has moved to " + engine.url() + "/v1/events; give --url that address");
    }

    @Test
    void httpsToAServerThatSpeaksHttpIsToldAtOnce() throws Exception {
        try (ServerSocket plain = new ServerSocket(0)) {
            CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answerPlainly(plain));
            ImportFolder.Run run =
                    send(history(event("1", "L1", "captured")), "--url", "https://localhost:" + plain.getLocalPort());
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("does not speak https as this program trusts it", "is it http://?");
            answered.get(10, TimeUnit.SECONDS);
        }
    }

    private static void answerPlainly(ServerSocket server) {
        try (Socket socket = server.accept()) {
            assertThat(socket.getInputStream().read()).isNotNegative();
            socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"''", "/", "/v1/events", "/v1/events/"})
    void theUrlMayHaveAPrefixASlashOrTheWholeAddress(String end) throws IOException {
        try (FakeEngine behindProxy = FakeEngine.under("/crm/engine")) {
            ImportFolder.Run run = send(history(event("1", "L1", "captured")), "--url", behindProxy.url() + end);
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(behindProxy.size()).isEqualTo(1);
        }
    }

    @Test
    void tablesAreConvertedAndSentAndWrittenToo() throws IOException {
        ImportFolder tables = new ImportFolder(folder)
                .csv("leads.csv", "id,created,closed", "L1,2026-03-01,2026-03-05", "L2,,", "L3,2026-03-02,")
                .mapping(MAPPING);
        ImportFolder.Run run = tables.run("--json", "--url", engine.url());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(engine.bodies.stream().flatMap(String::lines))
                .containsExactlyInAnyOrderElementsOf(Files.readAllLines(tables.path("out.jsonl")));
        assertThat(run.json().get("refusedCount").intValue()).isEqualTo(1);
        assertThat(run.json().at("/sending/stored").intValue()).isEqualTo(3);
        assertAddsUp(run.json().get("sending"));
    }

    @Test
    void aRefusedEventOfATableIsToldWithItsRow() throws IOException {
        ImportFolder tables = new ImportFolder(folder)
                .csv("leads.csv", "id,created,closed", "L1,2026-03-01,", "L2,2026-03-01,2026-03-05")
                .mapping(MAPPING);
        assertThat(tables.run("--url", engine.url()).exitCode()).isZero();
        tables.csv("leads.csv", "id,created,closed", "L1,2026-03-01,", "L2,2026-03-02,2026-03-05", "L3,,");
        Path refused = folder.resolve("refused.jsonl");
        ImportFolder.Run run =
                send(folder.resolve("leads.csv"), "--mapping", folder.resolve("mapping.yaml"), "--refused", refused);

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("leads.csv:3: conflicting-duplicate in id: what is wrong");
        assertThat(tables.jsonLines("refused.jsonl"))
                .extracting(line -> line.get("line").intValue() + " "
                        + line.get("code").stringValue() + " " + line.has("row") + " " + line.has("event"))
                .containsExactly("4 missing-time true false", "3 conflicting-duplicate false true");
    }
}
