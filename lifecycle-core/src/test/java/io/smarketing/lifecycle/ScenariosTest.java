package io.smarketing.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.history.History;
import io.smarketing.lifecycle.history.HistoryReader;
import io.smarketing.lifecycle.lead.Deviation;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Stories of leads as text files that anyone can add to: {@code src/test/resources/scenarios/*.txt}; README.txt there tells
 * how they are written.
 */
class ScenariosTest {

    private static final Instant NOW = Instant.parse("2100-01-01T00:00:00Z");

    static Stream<Path> scenarios() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/scenarios"))) {
            return files.filter(file -> !file.endsWith("README.txt")).sorted().toList().stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    void goesAsWritten(Path file) throws Exception {
        List<String> policyLines = new ArrayList<>();
        List<String> events = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        List<String> reading = new ArrayList<>();
        List<String> section = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            switch (line.strip()) {
                case "policy" -> section = policyLines;
                case "events" -> section = events;
                case "expect" -> section = expected;
                case "reading" -> section = reading;
                default -> {
                    if (!line.isBlank() && !line.startsWith("#")) {
                        section.add(line);
                    }
                }
            }
        }
        Policy policy = policyLines.isEmpty()
                ? null
                : PolicyReader.read(file.toString(), String.join("\n", policyLines))
                        .policy();
        History history = history(events);
        MetricQuestions metrics = new MetricQuestions(reading, history, policy);
        List<String> actual = expected.stream()
                .map(line -> line.strip().substring(0, line.strip().indexOf(':')))
                .map(ScenariosTest::spaced)
                .map(question -> question + ": "
                        + (MetricQuestions.isOne(question)
                                ? metrics.answer(question)
                                : answer(question, history, policy)))
                .toList();
        assertThat(expected).as("a scenario expects something").isNotEmpty();
        assertThat(String.join("\n", actual))
                .isEqualTo(expected.stream().map(ScenariosTest::spaced).collect(Collectors.joining("\n")));
    }

    private static String spaced(String line) {
        return line.strip().replaceAll(" +", " ");
    }

    private static History history(List<String> events) throws IOException {
        StringJoiner lines = new StringJoiner("\n");
        for (int i = 0; i < events.size(); i++) {
            lines.add(cloudEvent(i + 1, events.get(i).strip().split("\\s+")).toString());
        }
        HistoryReader reader = new HistoryReader(NOW, line -> {
            throw new IllegalStateException(line.toString());
        });
        reader.read(
                "scenario", new ByteArrayInputStream(lines.toString().getBytes(StandardCharsets.UTF_8)), bytes -> {});
        return reader.history();
    }

    private static ObjectNode cloudEvent(int number, String[] words) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("specversion", "1.0");
        event.put("id", "e" + number);
        event.put("source", "urn:scenario");
        event.put("type", "io.smarketing.lead." + words[2] + ".v1");
        event.put("subject", words[1]);
        event.put("time", instant(words[0]).toString());
        ObjectNode data = event.putObject("data");
        for (int i = 3; i < words.length; i++) {
            String key = words[i].substring(0, words[i].indexOf('='));
            String value = words[i].substring(words[i].indexOf('=') + 1);
            switch (key) {
                case "id" -> event.put("id", value);
                case "from" -> event.put("source", value);
                case "recorded" -> event.put("recordedtime", instant(value).toString());
                case "count" -> data.put("count", Integer.parseInt(value));
                case "voids" ->
                    data.putObject("event").put("source", "urn:scenario").put("id", value);
                case "policy" -> data.putObject("policy").put("name", value).put("version", "1");
                default -> {
                    if (key.startsWith("attributes.")) {
                        attribute(data.withObject("attributes"), key.substring("attributes.".length()), value);
                    } else {
                        data.put(key, value);
                    }
                }
            }
        }
        return event;
    }

    private static void attribute(ObjectNode attributes, String name, String value) {
        if (value.equals("null")) {
            attributes.putNull(name);
        } else if (value.matches("-?\\d+")) {
            attributes.put(name, Long.parseLong(value));
        } else {
            attributes.put(name, value);
        }
    }

    static Instant instant(String text) {
        return text.length() == 10
                ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                : Instant.parse(text.length() == 16 ? text + ":00Z" : text + "Z");
    }

    private static String time(@Nullable Instant instant) {
        if (instant == null) {
            return "–";
        }
        String text = instant.toString().replaceFirst("Z$", "");
        return text.replaceFirst("T00:00:00$", "").replaceFirst("(T\\d\\d:\\d\\d):00$", "$1");
    }

    /** A question is a view, a lead, and where it matters an order: {@code marks L1 arrival}. */
    private static String answer(String question, History history, @Nullable Policy policy) {
        String[] words = question.split(" ");
        if (words[0].equals("unknown-lead")) {
            return String.valueOf(history.counts().unknownLead());
        }
        Optional<LeadHistory> lead = history.leads().stream()
                .filter(candidate -> candidate.leadId().equals(words[1]))
                .findFirst();
        if (lead.isEmpty()) {
            return "nothing";
        }
        Judge.Order order =
                words.length > 2 ? Judge.Order.valueOf(words[2].toUpperCase(Locale.ROOT)) : Judge.Order.OCCURRENCE;
        Judge judge = policy == null ? null : new Judge(policy, order);
        Marks marks = judge == null ? Marks.recorded() : judge.judge(lead.get()).marks();
        Optional<LeadFold> fold = LeadFold.of(lead.get(), marks);
        if (words[0].equals("scores") || words[0].equals("marks")) {
            return judge == null ? "no policy" : verdicts(words[0], judge, lead.get());
        }
        return fold.map(folded -> view(words[0], folded)).orElse("nothing");
    }

    private static String verdicts(String view, Judge judge, LeadHistory lead) {
        String verdicts = judge.judge(lead).judgements().stream()
                .filter(judgement -> view.equals("marks") ? judgement.marked() : judgement.scored())
                .map(judgement -> view.equals("marks")
                        ? time(judgement.at())
                        : time(judgement.at()) + " " + judgement.evaluation().score()
                                + (judgement.evaluation().disqualified() == null
                                        ? ""
                                        : " " + judgement.evaluation().disqualified()))
                .collect(Collectors.joining(", "));
        return verdicts.isEmpty() ? "none" : verdicts;
    }

    private static String view(String view, LeadFold fold) {
        return switch (view) {
            case "visits" ->
                fold.visits().stream()
                        .map(visit -> {
                            ExitKind exit = visit.exit();
                            return visit.stage() + " " + time(visit.entered())
                                    + (exit == null ? "" : " " + exit.word())
                                    + (visit.timed() ? "" : " untimed");
                        })
                        .collect(Collectors.joining(" → "));
            case "deviations" ->
                fold.deviations().isEmpty()
                        ? "none"
                        : Stream.of(Deviation.values())
                                .filter(fold.deviations()::containsKey)
                                .map(kind ->
                                        kind.word() + " " + fold.deviations().get(kind))
                                .collect(Collectors.joining(", "));
            case "cycles" ->
                fold.cycles().stream()
                        .map(cycle ->
                                cycle.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                                        + (cycle.reason() == null ? "" : " " + cycle.reason())
                                        + (cycle.markedAt() == null ? "" : " marked " + time(cycle.markedAt())))
                        .collect(Collectors.joining(", "));
            case "attempts" -> "%d, %d reached".formatted(fold.attempts(), fold.reachedAttempts());
            case "owner" -> String.valueOf(fold.owner());
            case "ever" -> fold.ever().stream().sorted().map(Enum::name).collect(Collectors.joining(" "));
            case "source" -> String.valueOf(fold.attribute("source"));
            default ->
                view.startsWith("attribute.")
                        ? String.valueOf(fold.attribute(view.substring("attribute.".length())))
                        : "no such view";
        };
    }
}
