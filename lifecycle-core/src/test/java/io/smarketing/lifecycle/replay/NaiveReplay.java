package io.smarketing.lifecycle.replay;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A second reading of the design, blind to the engine and naive: each evaluation starts again from the facts so far. */
final class NaiveReplay {
    static final JsonMapper JSON = new JsonMapper();
    static final Comparator<String> UTF8 =
            Comparator.comparing(text -> text.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);
    static final String MARK = "marked-mql";
    /** The folded kinds in fold order. */
    private static final String KINDS = "captured enriched activity marked-mql accepted contacted rejected lost won";

    private static final String SETS = "kept earlier later gained dropped neither";
    private static final String NEVER = "P99999999D";
    static final Comparator<Event> BY_TIME = Comparator.comparing(Event::time);

    private NaiveReplay() {}

    /** An engine's mark has neither source nor id, one made here no key either. */
    record Event(String kind, Instant time, String source, String id, String key, JsonNode data) {}

    static ObjectNode replay(
            List<String> lines, String candidate, @Nullable String baseline, String order, @Nullable String asKnownAt) {
        ObjectNode report = JSON.createObjectNode().put("order", order);
        words("leads sets otherCycles funnels afterMark orderAlone unknowns").forEach(report::putNull);
        report.withObject("/unknowns");
        for (String set : words(SETS)) {
            add(0, report, "/orderAlone/" + set);
            for (String path : List.of("/sets/" + set, "/otherCycles/" + set)) {
                words("won lost rejected open neverWorked").forEach(outcome -> add(0, report, path + "/" + outcome));
                report.withObject(path + "/rejectedReasons");
            }
        }
        ArrayNode perLead = report.putArray("perLead");
        NaiveReport.AfterMark afterMark = new NaiveReport.AfterMark();
        List<List<Event>> before = new ArrayList<>();
        List<List<Event>> after = new ArrayList<>();
        JsonNode old = policy(baseline);
        JsonNode policy = policy(candidate);
        history(lines, asKnownAt).forEach((lead, stored) -> {
            List<Event> side = side(stored, policy, order);
            if (side.isEmpty()) {
                return;
            }
            before.add(side(stored, old, order));
            after.add(side);
            List<NaiveReport.Cycle> then = NaiveReport.cycles(side(stored, old, order));
            List<NaiveReport.Cycle> now = NaiveReport.cycles(side);
            for (int i = 0; i < now.size(); i++) {
                String path = (i == 0 ? "/sets/" : "/otherCycles/") + NaiveReport.set(then.get(i), now.get(i));
                JsonNode reason = now.get(i).reason();
                add(1, report, path + "/" + now.get(i).outcome());
                if (reason.isString()) {
                    add(1, report, path + "/rejectedReasons/" + reason.stringValue());
                }
            }
            NaiveReport.Cycle first = now.get(0);
            afterMark.add(NaiveReport.set(then.get(0), first), side);
            NaiveReport.Cycle occurred =
                    NaiveReport.cycles(side(stored, policy, "occurrence")).get(0);
            add(1, report, "/orderAlone/" + NaiveReport.set(first, occurred));
            Set<String> unknowns = new TreeSet<>();
            judge(stored, policy, order, unknowns);
            unknowns.forEach(ruleAndField -> add(1, report, "/unknowns/" + ruleAndField));
            ObjectNode row = perLead.addObject().put("leadId", lead);
            row.put("set", NaiveReport.set(then.get(0), first)).put("outcome", first.outcome());
            row.put("baselineMark", Objects.toString(then.get(0).mark(), null));
            row.put("candidateMark", Objects.toString(first.mark(), null));
        });
        report.set("orderAlone", baseline == null ? report.path("orderAlone") : JSON.nullNode());
        report.put("leads", after.size()).withObject("/funnels").set("baseline", NaiveReport.rows(before, "all"));
        report.withObject("/funnels").set("candidate", NaiveReport.rows(after, "all"));
        report.set("afterMark", afterMark.rows());
        return report;
    }

    static ArrayNode funnel(List<String> lines, @Nullable String policyYaml, String order, String dimension) {
        JsonNode policy = policy(policyYaml);
        List<List<Event>> sides = new ArrayList<>();
        history(lines, null).values().forEach(stored -> sides.add(side(stored, policy, order)));
        sides.removeIf(List::isEmpty);
        return NaiveReport.rows(sides, dimension);
    }

    static List<String> verdicts(List<String> lines, String policyYaml, String order) {
        JsonNode policy = policy(policyYaml);
        List<String> told = new ArrayList<>();
        history(lines, null).forEach((lead, stored) -> {
            for (Event made : judge(stored, policy, order, new TreeSet<>())) {
                told.add(lead + " " + made.kind + " " + made.time + " " + made.data.stringValue());
            }
        });
        return told;
    }

    /** Each captured lead's events in sequence: the first capture in the file, what was parked, what came later. */
    static Map<String, List<Event>> history(List<String> lines, @Nullable String asKnownAt) {
        Set<String> seen = new TreeSet<>();
        Map<String, List<Event>> leads = new TreeMap<>(UTF8);
        for (String line : lines) {
            JsonNode json = JSON.readTree(line);
            JsonNode data = json.path("data");
            String email = data.path("contact").path("email").asString("");
            if (email.contains("@")) {
                String domain = email.substring(email.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
                data.withObject("/attributes").put("emailDomain", domain);
            }
            String kind = json.path("type").stringValue().replaceAll("io\\.smarketing\\.lead\\.|\\.v1", "");
            boolean byEngine = kind.equals(MARK) && data.hasNonNull("policy");
            String source = byEngine ? "" : json.path("source").stringValue();
            String id = byEngine ? "" : json.path("id").stringValue();
            String time = json.path("time").stringValue();
            Instant recorded = instant(json.path("recordedtime").stringValue(time));
            if (seen.add(key(json)) && (asKnownAt == null || !recorded.isAfter(instant(asKnownAt)))) {
                List<Event> arrived =
                        leads.computeIfAbsent(json.path("subject").stringValue(), lead -> new ArrayList<>());
                arrived.add(new Event(kind, instant(time), source, id, key(json), data));
            }
        }
        leads.values().removeIf(arrived -> only("captured", arrived).isEmpty());
        leads.replaceAll((lead, arrived) -> captureFirst(arrived));
        return leads;
    }

    /** The lead's visit fold under the policy's marks, or under all on record; empty without an unvoided capture. */
    private static List<Event> side(List<Event> stored, JsonNode policy, String order) {
        List<Event> items = new ArrayList<>(folded(stored, policy));
        if (!policy.isMissingNode()) {
            items.addAll(only(MARK, judge(stored, policy, order, new TreeSet<>())));
        }
        return only("captured", items).isEmpty() ? List.of() : foldOrder(items);
    }

    private static List<Event> folded(List<Event> events, JsonNode policy) {
        boolean trusts = policy.path("externalMarks").asString("").equals("trusted");
        String kinds = policy.isMissingNode() || trusts ? KINDS : KINDS.replace(MARK, "");
        Set<String> voided = new TreeSet<>();
        only("voided", events).forEach(event -> voided.add(key(event.data.path("event"))));
        return only(kinds, events).stream()
                .filter(event -> !voided.contains(event.key) && !(trusts && event.source.isEmpty()))
                .toList();
    }

    private static List<Event> foldOrder(List<Event> facts) {
        Comparator<Event> order = BY_TIME.thenComparing(fact -> KINDS.indexOf(fact.kind));
        order = order.thenComparing(Event::source, UTF8).thenComparing(Event::id, UTF8);
        return captureFirst(facts.stream().sorted(order).toList());
    }

    private static List<Event> captureFirst(List<Event> events) {
        List<Event> captures = only("captured", events);
        return events.stream()
                .sorted(Comparator.comparing(event -> captures.indexOf(event) != 0))
                .toList();
    }

    private static List<Event> judge(List<Event> stored, JsonNode policy, String order, Set<String> unknowns) {
        List<Event> walk = order.equals("arrival") ? stored : foldOrder(folded(stored, policy));
        List<Event> made = new ArrayList<>();
        String previous = "0 null";
        int lastMark = -1;
        for (int i = 0; i < walk.size(); i++) {
            List<Event> soFar = folded(walk.subList(0, i + 1), policy);
            List<Event> captures = only("captured", soFar);
            if (captures.isEmpty() || !only("captured enriched activity", soFar).contains(walk.get(i))) {
                continue;
            }
            List<Event> ends = only("rejected lost", soFar);
            int cycle = ends.isEmpty() ? 0 : soFar.indexOf(ends.get(ends.size() - 1)) + 1;
            List<Event> past = new ArrayList<>(soFar.subList(0, cycle));
            past.add(captures.get(0));
            Instant start = cycle == 0 ? Instant.MIN : Collections.max(past, BY_TIME).time;
            Instant clock = Collections.max(soFar, BY_TIME).time;
            unknowns.clear();
            String verdict = evaluate(policy, soFar, start, clock, unknowns);
            if (!verdict.equals(previous)) {
                made.add(new Event("scored", clock, "", "", "", JSON.valueToTree(verdict)));
            }
            previous = verdict;
            boolean qualified = verdict.endsWith(" null")
                    && Long.parseLong(words(verdict).get(0))
                            >= policy.path("threshold").longValue();
            boolean marked = lastMark > (cycle == 0 ? -1 : walk.indexOf(soFar.get(cycle - 1)))
                    || !only(MARK, soFar.subList(cycle, soFar.size())).isEmpty();
            long cooldown = micros(policy.path("recycle"), "cooldown", "PT0S");
            boolean cooled = cycle == 0 || ChronoUnit.MICROS.between(start, clock) >= cooldown;
            if (qualified && !marked && cooled && only("won", soFar).isEmpty()) {
                made.add(new Event(MARK, clock, "", "", "", JSON.valueToTree(verdict)));
                lastMark = i;
            }
        }
        return made;
    }

    /** The score and the reason of the first disqualifier that holds. */
    static String evaluate(JsonNode policy, List<Event> soFar, Instant start, Instant clock, Set<String> unknowns) {
        Event opening = only("captured", soFar).get(0);
        ObjectNode lead = JSON.createObjectNode();
        for (Event fact : only("captured enriched", soFar)) {
            ObjectNode stated = JSON.createObjectNode().setAll(fact.data.withObject("/attributes"));
            if (fact.time.isBefore(opening.time)) {
                stated.remove(opening.data.withObject("/attributes").propertyNames());
            }
            lead.setAll(stated);
        }
        words("source campaign persona").forEach(name -> lead.set(name, opening.data.path(name)));
        JsonNode types = policy.path("attributes");
        long score = 0;
        String reason = null;
        for (JsonNode rule : policy.path("fit")) {
            score += NaiveCondition.holds(rule, types, lead, unknowns)
                    ? rule.path("points").longValue()
                    : 0;
        }
        for (JsonNode rule : policy.path("disqualify")) {
            boolean holds = NaiveCondition.holds(rule, types, lead, unknowns);
            reason = holds && reason == null ? rule.path("reason").stringValue() : reason;
        }
        for (JsonNode rule : policy.path("engagement")) {
            long halfLife = micros(rule, "halfLife", NEVER);
            long within = micros(rule, "within", NEVER);
            long sum = 0;
            for (Event fact : only("activity", soFar)) {
                long age = ChronoUnit.MICROS.between(fact.time, clock);
                long k = 256 * (age % halfLife) / halfLife;
                long weight = age / halfLife > 32 ? 0 : (long) StrictMath.pow(2, 32 - k / 256.0) >> (age / halfLife);
                long count = fact.data.path("count").longValue(1);
                boolean counts = fact.time.isAfter(start) && age < within;
                counts &= fact.data.path("activity").equals(rule.path("activity"));
                sum += counts ? rule.path("points").longValue() * count * weight : 0;
            }
            long cap = rule.path("cap").longValue(Long.MAX_VALUE);
            score += Math.max(-cap, Math.min(cap, sum / (1L << 32)));
        }
        return score + " " + reason;
    }

    /** Adds to the number at the pointer. */
    static void add(int by, ObjectNode root, String pointer) {
        int slash = pointer.lastIndexOf('/');
        ObjectNode node = slash == 0 ? root : root.withObject(pointer.substring(0, slash));
        String name = pointer.substring(slash + 1);
        node.put(name, node.path(name).asInt(0) + by);
    }

    static List<Event> only(String kinds, List<Event> events) {
        return events.stream().filter(event -> kinds.contains(event.kind)).toList();
    }

    static List<String> words(String text) {
        return List.of(text.strip().split("\\s+"));
    }

    static String key(JsonNode event) {
        return event.path("source").asString("") + "\n" + event.path("id").asString("");
    }

    private static Instant instant(String time) {
        return OffsetDateTime.parse(time).toInstant().truncatedTo(ChronoUnit.MICROS);
    }

    static long micros(JsonNode rule, String period, String absent) {
        Duration duration = Duration.parse(rule.path(period).asString(absent));
        return duration.toSeconds() * 1_000_000 + duration.toNanosPart() / 1_000;
    }

    static JsonNode policy(@Nullable String yaml) {
        Load load = new Load(LoadSettings.builder().build());
        return yaml == null ? JSON.missingNode() : JSON.valueToTree(load.loadFromString(yaml));
    }
}
