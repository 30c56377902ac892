package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.replay.NaiveReplay.Event;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@link NaiveReplay} reports of visit folds, that is of each lead's facts and marks in fold order. */
final class NaiveReport {
    private static final List<String> STAGES = NaiveReplay.words("CAPTURED MQL ACCEPTED CONTACTED WON REJECTED LOST");
    private static final List<String> OUTCOMES = NaiveReplay.words("open open open open won rejected lost");
    private static final List<String> EXITS = NaiveReplay.words("forward back rejected lost won recycled reopened");
    /** By fact and stage (as STAGES): the kind of exit where a visit opens, else the deviation; attempt is neither. */
    private static final List<String> TABLE = NaiveReplay.words("""
            CAPTURED  again    again    again     again     again       again      again
            MQL       forward  repeated late-mark late-mark after-final recycled   recycled
            ACCEPTED  forward  forward  repeated  back      after-final reopened   reopened
            CONTACTED forward  forward  forward   attempt   after-final after-exit after-exit
            REJECTED  rejected rejected rejected  rejected  after-final repeated   after-exit
            LOST      lost     lost     lost      lost      after-final after-exit repeated
            WON       won      won      won       won       repeated    reopened   reopened""");

    private NaiveReport() {}

    /** The reason is missing but for a rejection that tells one. */
    record Cycle(@Nullable Instant mark, String outcome, JsonNode reason) {}

    /** The cycles of a visit fold; the last one runs, perhaps empty. */
    static List<Cycle> cycles(List<Event> lead) {
        List<Cycle> cycles = new ArrayList<>();
        List<Event> facts = new ArrayList<>();
        for (Event fact : lead) {
            facts.add(fact);
            if (fact.kind().equals("rejected") || fact.kind().equals("lost")) {
                cycles.add(cycle(lead.get(0), facts, fact.kind(), fact.data().path("reason")));
                facts.clear();
            }
        }
        boolean worked = !NaiveReplay.only("accepted contacted", facts).isEmpty();
        cycles.add(cycle(lead.get(0), facts, worked ? "open" : "neverWorked", NaiveReplay.JSON.missingNode()));
        return cycles;
    }

    private static Cycle cycle(Event opening, List<Event> facts, String unlessWon, JsonNode reason) {
        List<Event> marks = NaiveReplay.only(NaiveReplay.MARK, facts);
        Instant mark = marks.isEmpty() ? null : marks.get(0).time();
        if (mark != null
                && mark.isBefore(opening.time())
                && !marks.get(0).source().isEmpty()) {
            mark = opening.time();
        }
        String outcome = NaiveReplay.only("won", facts).isEmpty() ? unlessWon : "won";
        boolean told = outcome.equals("rejected") && reason.isString();
        return new Cycle(mark, outcome, told ? reason : NaiveReplay.JSON.missingNode());
    }

    static String set(Cycle then, Cycle now) {
        if (then.mark == null || now.mark == null) {
            return then.mark != null ? "dropped" : now.mark != null ? "gained" : "neither";
        }
        int sign = now.mark.compareTo(then.mark);
        return sign == 0 ? "kept" : sign < 0 ? "earlier" : "later";
    }

    static ArrayNode rows(List<List<Event>> leads, String dimension) {
        Map<String, List<List<Event>>> groups = new TreeMap<>(Comparator.nullsLast(NaiveReplay.UTF8));
        for (List<Event> lead : leads) {
            groups.computeIfAbsent(value(lead, dimension), value -> new ArrayList<>())
                    .add(lead);
        }
        ArrayNode rows = NaiveReplay.JSON.createArrayNode();
        groups.forEach((value, group) -> fill(rows.addObject().put("value", value), group));
        return rows;
    }

    private static @Nullable String value(List<Event> lead, String dimension) {
        if (dimension.equals("all")) {
            return "all";
        }
        if (!dimension.equals("owner")) {
            return lead.get(0).data().path(dimension).stringValue(null);
        }
        List<Event> owned = new ArrayList<>(NaiveReplay.only("accepted", lead));
        owned.addAll(NaiveReplay.only("contacted", lead));
        owned.removeIf(fact -> !fact.data().path("by").isString());
        return owned.isEmpty() ? null : owned.get(0).data().path("by").stringValue();
    }

    private static void fill(ObjectNode row, List<List<Event>> leads) {
        ArrayNode stages = row.putArray("stages");
        for (String stage : STAGES) {
            ObjectNode node = stages.addObject().put("stage", stage);
            NaiveReplay.words("ever entered reached open").forEach(count -> node.put(count, 0));
            EXITS.forEach(exit -> NaiveReplay.add(0, node, "/exits/" + exit));
        }
        NaiveReplay.words("won lost rejected open").forEach(outcome -> NaiveReplay.add(0, row, "/outcomes/" + outcome));
        ObjectNode cycle = row.putObject("cycle");
        row.putObject("deviations");
        Map<String, List<Long>> micros = new HashMap<>();
        leads.forEach(lead -> walk(lead, row, micros));
        for (JsonNode stage : stages) {
            List<Long> took = micros.getOrDefault(stage.path("stage").stringValue(), List.of());
            figures(took, List.of(50, 75, 90), ((ObjectNode) stage).putObject("timeInStage"));
        }
        figures(micros.getOrDefault("captured to won", List.of()), List.of(50, 90), cycle);
    }

    private static void walk(List<Event> lead, ObjectNode row, Map<String, List<Long>> micros) {
        TreeSet<Integer> ever = new TreeSet<>(Set.of(0));
        TreeSet<Integer> entered = new TreeSet<>(Set.of(0));
        Event opening = lead.get(0);
        Event entry = opening;
        int at = 0;
        for (Event fact : lead.subList(1, lead.size())) {
            String name = fact.kind().replace("marked-", "").toUpperCase(Locale.ROOT);
            int to = STAGES.indexOf(name);
            if (to < 0) {
                continue;
            }
            ever.add(to);
            boolean early = fact.time().isBefore(opening.time());
            if (early) {
                NaiveReplay.add(1, row, "/deviations/before-capture");
            }
            String does = TABLE.get(TABLE.indexOf(name) + 1 + at);
            if (!EXITS.contains(does) && !does.equals("attempt")) {
                NaiveReplay.add(1, row, "/deviations/" + does.replace("again", "captured-again"));
            } else if (EXITS.contains(does)) {
                NaiveReplay.add(1, row, "/stages/" + at + "/exits/" + does);
                if (does.equals("back")) {
                    NaiveReplay.add(1, row, "/deviations/backward");
                }
                if (!early && !entry.time().isBefore(opening.time())) {
                    took(micros, STAGES.get(at), entry, fact);
                }
                if (!early && name.equals("WON")) {
                    took(micros, "captured to won", opening, fact);
                }
                entered.add(to);
                entry = fact;
                at = to;
            }
        }
        for (int stage = 0; stage < STAGES.size(); stage++) {
            boolean reached = stage < 5 ? entered.headSet(5).last() >= stage : entered.contains(stage);
            NaiveReplay.add(ever.contains(stage) ? 1 : 0, row, "/stages/" + stage + "/ever");
            NaiveReplay.add(entered.contains(stage) ? 1 : 0, row, "/stages/" + stage + "/entered");
            NaiveReplay.add(reached ? 1 : 0, row, "/stages/" + stage + "/reached");
        }
        NaiveReplay.add(1, row, "/stages/" + at + "/open");
        NaiveReplay.add(1, row, "/outcomes/" + OUTCOMES.get(at));
    }

    /** What sales did after first cycles' marks, of all leads in one row. */
    static final class AfterMark {
        private final Map<String, Long> sets = new HashMap<>();
        private final Map<String, List<Long>> micros = new HashMap<>();

        void add(String set, List<Event> lead) {
            sets.merge(set, 1L, Long::sum);
            List<Event> marks = NaiveReplay.only(NaiveReplay.MARK, lead);
            if (!set.equals("kept") || marks.get(0).time().isBefore(lead.get(0).time())) {
                return;
            }
            Event mark = marks.get(0);
            int at = lead.indexOf(mark);
            int end = at;
            while (end < lead.size()
                    && !List.of("rejected", "lost").contains(lead.get(end).kind())) {
                end++;
            }
            List<Event> cycle = lead.subList(0, Math.min(end + 1, lead.size()));
            String sales = "accepted contacted rejected lost won";
            if (among(sales, lead.subList(0, at)).isEmpty()) {
                first("answered", mark, among(sales, cycle));
            }
            first("contacted", mark, among("contacted", cycle));
            first("won", mark, among("won", cycle));
        }

        private static List<Event> among(String kinds, List<Event> facts) {
            return facts.stream()
                    .filter(fact -> NaiveReplay.words(kinds).contains(fact.kind()))
                    .toList();
        }

        private void first(String what, Event mark, List<Event> facts) {
            if (!facts.isEmpty()) {
                long after = ChronoUnit.MICROS.between(mark.time(), facts.get(0).time());
                micros.computeIfAbsent(what, none -> new ArrayList<>()).add(after < 0 ? 0 : after);
            }
        }

        ArrayNode rows() {
            ArrayNode rows = NaiveReplay.JSON.createArrayNode();
            if (!sets.isEmpty()) {
                ObjectNode row = rows.addObject().put("value", "all");
                ObjectNode kept = row.putObject("kept").put("leads", sets.getOrDefault("kept", 0L));
                for (String what : NaiveReplay.words("answered contacted won")) {
                    figures(micros.getOrDefault(what, List.of()), List.of(50, 75, 90), kept.putObject(what));
                }
                ObjectNode others = row.putObject("notObserved");
                NaiveReplay.words("earlier later gained").forEach(set -> others.put(set, sets.getOrDefault(set, 0L)));
            }
            return rows;
        }
    }

    private static void took(Map<String, List<Long>> micros, String what, Event from, Event to) {
        micros.computeIfAbsent(what, first -> new ArrayList<>()).add(ChronoUnit.MICROS.between(from.time(), to.time()));
    }

    private static void figures(List<Long> micros, List<Integer> percents, ObjectNode node) {
        List<Long> sorted = micros.stream().sorted().toList();
        int n = sorted.size();
        node.put("n", n).put("meanSeconds", mean(sorted));
        for (int percent : percents) {
            int rank = (n * percent + 99) / 100;
            int from = percent == 50 ? (n - 1) / 2 : rank - 1;
            int to = percent == 50 ? n / 2 + 1 : rank;
            node.put("p" + percent + "Seconds", mean(n == 0 ? sorted : sorted.subList(from, to)));
        }
    }

    private static @Nullable BigDecimal mean(List<Long> micros) {
        BigDecimal seconds = BigDecimal.valueOf(micros.stream().reduce(0L, Long::sum), 6);
        return micros.isEmpty() ? null : seconds.divide(BigDecimal.valueOf(micros.size()), 6, RoundingMode.HALF_UP);
    }
}
