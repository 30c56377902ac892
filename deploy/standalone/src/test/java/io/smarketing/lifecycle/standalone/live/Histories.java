package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.standalone.CommandRun;
import io.smarketing.lifecycle.standalone.SharedData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Histories in files, and what the offline commands say of them. */
final class Histories {

    private Histories() {}

    static Path generated(Path folder, int leads, int seed) {
        Path file = folder.resolve("generated-%d-%d.jsonl".formatted(leads, seed));
        CommandRun run = CommandRun.of("generate", "--leads", leads, "--seed", seed, "--out", file);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return file;
    }

    /** The Olist leads; without the shared data the calling test is skipped. */
    static Path olist(Path folder) {
        Path data = SharedData.folder("olist");
        Path file = folder.resolve("olist.jsonl");
        CommandRun run = CommandRun.of(
                "import",
                data.resolve("olist_marketing_qualified_leads_dataset.csv"),
                data.resolve("olist_closed_deals_dataset.csv"),
                "--mapping",
                SharedData.example("olist.yaml"),
                "--out",
                file);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return file;
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path write(Path file, List<String> lines) {
        try {
            return Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Facts that change what was stored before: late ones, attributes, and voids of every tenth event. */
    static List<String> corrections(List<String> stored) {
        List<String> corrections = new ArrayList<>();
        for (int i = 0; i < stored.size(); i += 10) {
            JsonNode event = JsonMapper.shared().readTree(stored.get(i));
            String lead = event.get("subject").stringValue();
            String time = event.get("time").stringValue();
            corrections.add(
                    switch (i % 3) {
                        case 0 ->
                            line(
                                    i,
                                    "voided",
                                    lead,
                                    time,
                                    "{\"event\":{\"source\":%s,\"id\":%s},\"by\":\"ann\"}"
                                            .formatted(event.get("source"), event.get("id")));
                        case 1 -> line(i, "enriched", lead, time, "{\"attributes\":{\"employees\":%d}}".formatted(i));
                        default -> line(i, "activity", lead, time, "{\"activity\":\"demo_request\"}");
                    });
        }
        return corrections;
    }

    private static String line(int number, String type, String lead, String time, String data) {
        return "{\"specversion\":\"1.0\",\"id\":\"correction-%d\",\"source\":\"urn:test\",\"type\":\"io.smarketing.lead.%s.v1\",\"subject\":\"%s\",\"time\":\"%s\",\"data\":%s}"
                .formatted(number, type, lead, time, data);
    }

    /** The rows of the funnel command. */
    static JsonNode offlineRows(Path history, String dimension, Object... more) {
        List<Object> arguments =
                new ArrayList<>(List.of("funnel", "--history", history, "--dimension", dimension, "--json"));
        arguments.addAll(List.of(more));
        return CommandRun.json(arguments.toArray()).get("rows");
    }
}
