package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.CommandRun;
import io.smarketing.lifecycle.standalone.engine.EngineProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The engine is killed in the middle of an import: what it acknowledged is there exactly once, and nothing else is lost. */
class KillDuringImportIT {

    private static final int LINES_AT_ONCE = 200;

    @TempDir
    private Path folder = Path.of("");

    /** An item that was answered stored or parked, by source and id. */
    private record Acknowledged(String leadId, String event, String status) {}

    @Test
    void whatWasAcknowledgedIsThereExactlyOnceAndARepeatedImportFindsJustThat() {
        Path history = Histories.generated(folder, 6_000, 13);
        List<String> lines = Histories.lines(history);
        Path data = folder.resolve("data");
        ConcurrentLinkedQueue<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
        try (EngineProcess engine = EngineProcess.start(data)) {
            Client client = new Client(engine.uri());
            AtomicInteger sent = new AtomicInteger();
            List<Thread> lanes = new ArrayList<>();
            for (List<String> lane : lanes(lines)) {
                Thread thread = new Thread(() -> send(client, lane, acknowledged, sent));
                thread.start();
                lanes.add(thread);
            }
            await().atMost(Duration.ofMinutes(3))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> sent.get() > lines.size() / 3);
            engine.kill9();
            join(lanes);
        }
        assertThat(acknowledged.size()).isBetween(lines.size() / 4, lines.size() - 1);

        try (EngineProcess engine = EngineProcess.start(data)) {
            Client client = new Client(engine.uri());
            Set<String> found = new HashSet<>();
            assertEveryAcknowledgedItemIsThereOnce(client, acknowledged, found);

            Map<String, Integer> before = statusOfAll(client, lines);
            CommandRun again = CommandRun.of("import", history, "--url", engine.uri(), "--json");
            assertThat(again.exitCode()).as(again.err()).isZero();
            JsonNode report = JsonMapper.shared().readTree(again.out());
            assertThat(report.get("sent").intValue()).isEqualTo(lines.size());
            int repeatedLines = lines.size()
                    - new HashSet<>(lines.stream().map(KillDuringImportIT::name).toList()).size();
            assertThat(report.get("duplicates").intValue())
                    .as("those that were there, and the history's own repetitions")
                    .isEqualTo(before.getOrDefault("known", 0) + repeatedLines);
            for (String dimension : List.of("all", "source", "campaign", "persona")) {
                JsonNode expected = Histories.offlineRows(history, dimension);
                await().atMost(Duration.ofMinutes(4))
                        .pollInterval(Duration.ofMillis(500))
                        .untilAsserted(() -> FunnelRows.assertSame(
                                client.json("/v1/funnel?dimension=" + dimension).get("rows"), expected, dimension));
            }
        }
    }

    private static String name(String line) {
        JsonNode event = JsonMapper.shared().readTree(line);
        return event.get("source").stringValue() + " " + event.get("id").stringValue();
    }

    private static List<List<String>> lanes(List<String> lines) {
        List<List<String>> lanes = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (String line : lines) {
            String lead = JsonMapper.shared().readTree(line).get("subject").stringValue();
            lanes.get(Math.floorMod(lead.hashCode(), lanes.size())).add(line);
        }
        return lanes;
    }

    private static void send(
            Client client, List<String> lane, ConcurrentLinkedQueue<Acknowledged> acknowledged, AtomicInteger sent) {
        for (int from = 0; from < lane.size(); from += LINES_AT_ONCE) {
            List<String> lines = lane.subList(from, Math.min(from + LINES_AT_ONCE, lane.size()));
            Client.Answer answer;
            try {
                answer = client.post(
                        "/v1/events",
                        "application/x-ndjson",
                        String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
            } catch (RuntimeException e) {
                return; // killed
            }
            if (answer.status() != 200) {
                return;
            }
            for (JsonNode item : answer.json().get("items")) {
                String status = item.get("status").stringValue();
                if (status.equals("stored") || status.equals("parked")) {
                    acknowledged.add(new Acknowledged(
                            item.get("leadId").stringValue(),
                            item.get("source").stringValue() + " "
                                    + item.get("id").stringValue(),
                            status));
                }
            }
            sent.addAndGet(lines.size());
        }
    }

    private static void join(List<Thread> threads) {
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void assertEveryAcknowledgedItemIsThereOnce(
            Client client, Iterable<Acknowledged> acknowledged, Set<String> found) {
        Map<String, Map<String, Integer>> leads = new HashMap<>();
        for (Acknowledged item : acknowledged) {
            Map<String, Integer> events = leads.computeIfAbsent(item.leadId(), leadId -> eventsOf(client, leadId));
            int times = events.getOrDefault(item.event(), 0);
            if (item.status().equals("parked") && times == 0) {
                String[] name = item.event().split(" ", 2);
                assertThat(client.json("/v1/events?source=%s&id=%s"
                                        .formatted(Client.encoded(name[0]), Client.encoded(name[1])))
                                .get("status")
                                .stringValue())
                        .as(item.toString())
                        .isEqualTo("parked");
            } else {
                assertThat(times).as(item.toString()).isEqualTo(1);
            }
            found.add(item.event());
        }
    }

    private static Map<String, Integer> eventsOf(Client client, String leadId) {
        Map<String, Integer> events = new HashMap<>();
        Client.Answer answer = client.get("/v1/leads/" + Client.encoded(leadId) + "/events");
        if (answer.status() == 200) {
            int sequence = 0;
            for (JsonNode event : answer.json().get("events")) {
                assertThat(event.get("sequence").intValue()).isEqualTo(sequence++);
                events.merge(
                        event.get("source").stringValue() + " "
                                + event.get("id").stringValue(),
                        1,
                        Integer::sum);
            }
        }
        return events;
    }

    /** How many of the history's events the engine knows. */
    private static Map<String, Integer> statusOfAll(Client client, List<String> lines) {
        Map<String, Integer> known = new HashMap<>();
        JsonNode doors = client.json("/v1/intake").get("doors");
        int there = doors.get(0).get("stored").intValue()
                + doors.get(0).get("parked").intValue();
        known.put("known", there);
        assertThat(there).isLessThan(lines.size());
        return known;
    }
}
