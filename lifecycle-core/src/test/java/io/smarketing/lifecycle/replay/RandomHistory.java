package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Small random histories and policies for differential tests: the same seed gives the same text. Instants lie on a grid
 * of six hours, as do the policies' periods, so that ties and hits exactly on an edge are frequent.
 */
final class RandomHistory {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant START = Instant.parse("2025-03-01T00:00:00Z");
    private static final Duration STEP = Duration.ofHours(6);
    private static final int STEPS = 16;
    /** Beyond the seeds that tests use, so that two of them do not end at the same policy. */
    private static final long NEXT_POLICY = 1_000_000_007;

    private static final String PREFIX = "io.smarketing.lead.";

    private static final List<String> LEADS = List.of("a", "B", "b-2", "lead-10", "lead-9", "é1");
    private static final List<String> EMITTERS = List.of("/forms", "/crm", "/Ads", "urn:dialler:7");
    /** In UTF-8 order the full-width tilde comes before the emoji, in UTF-16 order after it. */
    private static final List<String> ID_PREFIXES = List.of("e", "E", "e-", "\uFF5E", "\uD83D\uDE00");

    private static final List<String> ACTIVITIES = List.of("page_view", "demo_request", "email_click");
    private static final List<String> PEOPLE = List.of("ann", "bob", "");
    private static final List<String> REASONS = List.of("too-small", "no-budget");
    private static final List<String> EMAILS =
            List.of("Ann@Corp.Example", "bob@corp.example", "c@mail.example", "\"a@b\"@MAIL.example");
    private static final List<String> PERIODS = List.of("PT6H", "PT12H", "PT18H", "P1D", "P2D", "P1DT12H");

    /** Many of the table's edges need many sales facts; the rest keeps the engine's marks coming. */
    private static final List<String> KINDS = List.of(
            "captured",
            "enriched",
            "enriched",
            "activity",
            "activity",
            "activity",
            "activity",
            "accepted",
            "accepted",
            "rejected",
            "rejected",
            "contacted",
            "contacted",
            "lost",
            "won",
            "marked-mql",
            "marked-mql",
            "scored");

    private final Random random;

    private RandomHistory(long seed) {
        random = new Random(seed * 0x9E3779B97F4A7C15L);
    }

    /** One to six leads' events as JSON CloudEvents, in the order in which they arrived. */
    static List<String> lines(long seed) {
        return new RandomHistory(seed).lines();
    }

    /** A valid policy, its conditions within what {@link NaiveReplay} reads. */
    static String policy(long seed) {
        // Some make no sense, as x == 5 && x == 10, and are refused: the next one is taken then.
        for (long next = ~seed; ; next -= NEXT_POLICY) {
            String policy = new RandomHistory(next).policy();
            if (isRead(policy)) {
                return policy;
            }
        }
    }

    private static boolean isRead(String policy) {
        try {
            PolicyReader.read("random", policy);
            return true;
        } catch (RefusedDocument e) {
            return false;
        }
    }

    /** An instant that leaves some of the history's facts unknown. */
    static String asKnownAt(long seed) {
        return new RandomHistory(seed).instant().toString();
    }

    private List<String> lines() {
        List<String> leads = new ArrayList<>(LEADS);
        Collections.shuffle(leads, random);
        List<ObjectNode> events = new ArrayList<>();
        for (String lead : leads.subList(0, 1 + random.nextInt(LEADS.size()))) {
            events.addAll(lead(lead, events.size()));
        }
        events.sort(Comparator.comparing(
                event -> OffsetDateTime.parse(event.path("time").stringValue()).toInstant()));
        int voids = chance(2) ? 0 : random.nextInt(2 + events.size() / 6);
        for (int i = 0; i < voids; i++) {
            events.add(random.nextInt(events.size() + 1), voided(events));
        }
        int duplicates = chance(2) ? 0 : random.nextInt(4);
        for (int i = 0; i < duplicates; i++) {
            events.add(random.nextInt(events.size() + 1), again(pick(events)));
        }
        shuffle(events);
        return events.stream().map(JsonNode::toString).toList();
    }

    private List<ObjectNode> lead(String lead, int firstId) {
        List<Instant> times = new ArrayList<>();
        int size = chance(3) ? random.nextInt(6) : random.nextInt(25);
        for (int i = 0; i <= size; i++) {
            times.add(instant());
        }
        if (!chance(3)) {
            Collections.sort(times);
        }
        List<ObjectNode> events = new ArrayList<>();
        boolean captured = !chance(12);
        boolean sold = !chance(4);
        boolean winnable = sold && !chance(3);
        for (Instant time : times) {
            String kind = events.isEmpty() && captured ? "captured" : pick(KINDS);
            boolean skipped = (kind.equals("captured") && !captured)
                    || (!sold && sales(kind))
                    || (!winnable && kind.equals("won"));
            events.add(event(lead, skipped ? "activity" : kind, firstId + events.size(), time));
        }
        return events;
    }

    private static boolean sales(String kind) {
        return List.of("accepted", "rejected", "contacted", "lost", "won").contains(kind);
    }

    private ObjectNode event(String lead, String kind, int number, Instant time) {
        ObjectNode event = JSON.createObjectNode().put("specversion", "1.0");
        event.put("id", pick(ID_PREFIXES) + number).put("source", pick(EMITTERS));
        event.put("type", PREFIX + kind + ".v1").put("subject", lead).put("time", written(time));
        if (chance(4)) {
            event.put("recordedtime", recorded(time));
        }
        data(kind, event.putObject("data"));
        return event;
    }

    private void data(String kind, ObjectNode data) {
        switch (kind) {
            case "captured" -> {
                put(data, "source", List.of("ads", "web", "event", ""));
                put(data, "campaign", List.of("spring", "fall"));
                put(data, "persona", List.of("ops-leader", "cfo"));
                attributes(data);
                contact(data);
            }
            case "enriched" -> {
                attributes(data);
                contact(data);
            }
            case "activity" -> {
                data.put("activity", pick(ACTIVITIES));
                put(data, "asset", List.of("guide", "pricing-sheet"));
                if (chance(3)) {
                    data.put("count", 1 + random.nextInt(4));
                }
            }
            case "contacted" -> {
                put(data, "by", PEOPLE);
                put(data, "channel", List.of("call", "email", "meeting"));
                put(data, "outcome", List.of("reached", "no_answer"));
            }
            case "won" -> {
                if (!chance(4)) {
                    data.put("amount", 100 * (1 + random.nextInt(9))).put("currency", pick(List.of("EUR", "USD")));
                }
            }
            case "rejected", "lost" -> {
                put(data, "by", PEOPLE);
                put(data, "reason", REASONS);
            }
            case "marked-mql" -> {
                data.put("score", random.nextInt(50));
                if (chance(2)) {
                    data.putObject("policy").put("name", "live").put("version", 1 + random.nextInt(2));
                } else {
                    data.put("decidedBy", "external");
                }
            }
            case "scored" -> {
                data.put("score", random.nextInt(50))
                        .put("fit", 5)
                        .put("engagement", 5)
                        .put("previous", 0);
                data.putObject("policy").put("name", "live").put("version", 1);
                data.putArray("contributions").addObject().put("rule", "size").put("points", 5);
            }
            default -> put(data, "by", PEOPLE);
        }
    }

    private void attributes(ObjectNode data) {
        if (chance(6)) {
            return;
        }
        ObjectNode attributes = data.putObject("attributes");
        value(attributes, "employees", "5", "10", "50", "-3", "5.0", "10.0", "9.5", "\"ten\"", "null", "true", "[10]");
        value(attributes, "revenue", "0.5", "2.5", "5.0", "5", "7.25", "\"high\"", "null", "{\"eur\":5.0}");
        value(attributes, "trial", "true", "false", "true", "false", "\"true\"", "1", "null");
        value(attributes, "industry", "\"software\"", "\"fintech\"", "\"education\"", "\"\"", "5", "null");
        value(attributes, "country", "\"DE\"", "\"US\"", "\"DE\"", "false", "null", "[]");
        if (chance(10)) {
            attributes.put("undeclared", "x");
        }
    }

    private void value(ObjectNode attributes, String name, String... values) {
        if (chance(2)) {
            attributes.set(name, JSON.readTree(values[random.nextInt(values.length)]));
        }
    }

    private void contact(ObjectNode data) {
        if (chance(3)) {
            ObjectNode contact = data.putObject("contact").put("name", "Somebody");
            put(contact, "email", EMAILS);
        }
    }

    private ObjectNode voided(List<ObjectNode> events) {
        JsonNode target = pick(events);
        String lead = target.path("subject").stringValue();
        ObjectNode voided = event(chance(8) ? pick(LEADS) : lead, "voided", 1000 + events.size(), instant());
        ObjectNode data = voided.putObject("data").put("reason", "mistake");
        put(data, "by", PEOPLE);
        data.putObject("event")
                .put("source", target.path("source").stringValue())
                .put("id", chance(15) ? "nowhere" : target.path("id").stringValue());
        return voided;
    }

    /** The same event once more: to the letter, in another notation, or in conflict with the first. */
    private ObjectNode again(ObjectNode event) {
        ObjectNode again = event.deepCopy();
        if (chance(2)) {
            Instant time =
                    OffsetDateTime.parse(again.path("time").stringValue()).toInstant();
            again.put("time", written(time)).put("recordedtime", recorded(time));
        } else if (chance(3)) {
            again.put("time", written(instant())).put("subject", pick(LEADS));
        }
        return again;
    }

    private void shuffle(List<ObjectNode> events) {
        int degree = random.nextInt(4);
        if (degree == 3) {
            Collections.shuffle(events, random);
        }
        int moves = degree == 0 ? 0 : degree == 1 ? 2 : events.size() / 2;
        for (int i = 0; i < moves && events.size() > 1; i++) {
            ObjectNode late = events.remove(random.nextInt(events.size()));
            events.add(random.nextInt(events.size() + 1), late);
        }
    }

    private Instant instant() {
        Instant onGrid = START.plus(STEP.multipliedBy(random.nextInt(STEPS)));
        return switch (random.nextInt(40)) {
            case 0, 1 -> onGrid.plusNanos(1_000);
            case 2, 3 -> onGrid.minusNanos(1_000);
            case 4 -> onGrid.plusNanos(1_999);
            case 5 -> onGrid.plusNanos(999);
            case 6 -> onGrid.plusSeconds(random.nextInt(20_000));
            default -> onGrid;
        };
    }

    private String recorded(Instant time) {
        return written(time.plus(STEP.multipliedBy(random.nextInt(8))));
    }

    private String written(Instant time) {
        ZoneOffset offset =
                chance(6) ? pick(List.of(ZoneOffset.ofHours(2), ZoneOffset.ofHoursMinutes(-5, -30))) : ZoneOffset.UTC;
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.atOffset(offset));
    }

    private String policy() {
        StringBuilder yaml = new StringBuilder("name: random\n");
        yaml.append("threshold: ")
                .append(pick(List.of(1, 3, 5, 5, 8, 10, 10, 15, 20, 30)))
                .append('\n');
        yaml.append("attributes: {employees: int, revenue: double, trial: bool, industry: string, country: string}\n");
        int fit = random.nextInt(4);
        for (int i = 0; i < fit; i++) {
            yaml.append(i == 0 ? "fit:\n" : "").append("  - {id: fit-").append(i);
            yaml.append(", when: \"").append(condition(2)).append("\", points: ");
            yaml.append(pick(List.of(-10, 3, 5, 10, 20))).append("}\n");
        }
        int engagement = fit == 0 || !chance(6) ? 1 + random.nextInt(3) : 0;
        for (int i = 0; i < engagement; i++) {
            yaml.append(i == 0 ? "engagement:\n" : "").append("  - {id: act-").append(i);
            yaml.append(", activity: ").append(pick(ACTIVITIES));
            yaml.append(", points: ").append(pick(List.of(-7, 3, 5, 5, 8, 8, 10, 11, 15, 30)));
            yaml.append(chance(2) ? ", cap: " + pick(List.of(4, 10, 24)) : "");
            yaml.append(chance(3) ? ", within: " + pick(PERIODS) : "");
            yaml.append(chance(3) ? ", halfLife: " + pick(PERIODS) : "").append("}\n");
        }
        int disqualify = Math.max(0, random.nextInt(4) - 1);
        for (int i = 0; i < disqualify; i++) {
            yaml.append(i == 0 ? "disqualify:\n" : "").append("  - {id: out-").append(i);
            yaml.append(", when: \"").append(condition(1)).append("\", reason: ");
            yaml.append(pick(List.of("not-a-buyer", "no-fit"))).append("}\n");
        }
        yaml.append(chance(3) ? "" : "recycle: {cooldown: " + pick(PERIODS) + "}\n");
        yaml.append(
                pick(List.of("", "externalMarks: ignored\n", "externalMarks: trusted\n", "externalMarks: trusted\n")));
        yaml.append(chance(3) ? "activities: [page_view, demo_request, email_click]\n" : "");
        return yaml.toString();
    }

    private String condition(int depth) {
        return switch (depth == 0 ? 0 : random.nextInt(7)) {
            case 1 -> condition(depth - 1) + " && " + condition(depth - 1);
            case 2 -> condition(depth - 1) + " || " + condition(depth - 1);
            case 3 -> "(" + condition(depth - 1) + ") && (" + condition(depth - 1) + ")";
            case 4 -> "(" + condition(depth - 1) + ") || !(" + condition(depth - 1) + ")";
            case 5 -> "!(" + condition(depth - 1) + ")";
            default -> comparison();
        };
    }

    private String comparison() {
        String order = pick(List.of("==", "!=", "<", "<=", ">", ">="));
        String equality = pick(List.of("==", "!="));
        return switch (random.nextInt(10)) {
            case 0, 1 -> "lead.employees " + order + " " + pick(List.of(5, 10, 50, -3));
            case 2 -> "lead.revenue " + order + " " + pick(List.of("0.5", "2.5", "5.0"));
            case 3 -> "lead.trial " + equality + " " + pick(List.of(true, false));
            case 4 ->
                "lead.industry " + (chance(4) ? order : equality) + " '" + pick(List.of("software", "fintech", ""))
                        + "'";
            case 5 -> "lead.country in ['DE', 'FR']";
            case 6 -> "lead.emailDomain " + equality + " '" + pick(List.of("corp.example", "mail.example")) + "'";
            case 7 -> "has(lead." + pick(List.of("employees", "revenue", "trial", "industry", "campaign")) + ")";
            case 8 ->
                pick(List.of(
                        "lead.industry.startsWith('soft')",
                        "lead.industry.contains('t')",
                        "lead.emailDomain.endsWith('.example')",
                        "lead.emailDomain.contains('corp')",
                        "lead.persona.endsWith('leader')",
                        "lead.source.startsWith('')"));
            default ->
                pick(List.of("lead.source == 'ads'", "lead.campaign != 'fall'", "lead.persona in ['cfo', 'cto']"));
        };
    }

    private void put(ObjectNode data, String name, List<String> values) {
        if (!chance(4)) {
            data.put(name, pick(values));
        }
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
