package io.smarketing.lifecycle.standalone.live;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/**
 * What comes in on an ordinary bad day: of a hundred inputs two are broken, three have come before, and five come behind what
 * occurred after them, also facts before their lead's capture. Some leads are never captured. The same seed gives the same, one
 * after the other, however many are asked for.
 */
final class MixedInputs {

    static final String STORED = "stored";
    static final String DUPLICATE = "duplicate";
    static final String PARKED = "parked";

    /** Of facts; so that of all inputs it is what the class promises. */
    private static final int BROKEN_PER_MILLE = 22;

    private static final int REPEATED_PER_MILLE = 33;
    private static final int LATE_PER_MILLE = 70;
    private static final int ORPHANS_PER_MILLE = 5;
    private static final int LEADS_AT_A_TIME = 100;
    private static final Instant BEGIN = Instant.parse("2025-01-01T00:00:00Z");
    private static final List<String> ACTIVITIES =
            List.of("page_view", "pricing_view", "email_click", "demo_request", "webinar_attended");

    /** Those of the size of other events. */
    private static final List<String> KINDS = BrokenInputs.KINDS.keySet().stream()
            .filter(kind -> !BrokenInputs.codeOf(kind).equals("too-large"))
            .toList();

    private final String name;
    private final Random random;
    private final List<Deque<Input>> leads = new ArrayList<>();
    private final Map<String, Long> expected = new TreeMap<>();

    /** Facts whose capture was not given out yet, by lead. */
    private final Map<String, Long> waiting = new HashMap<>();

    private int begun;
    private int broken;
    private long late;

    MixedInputs(String name, long seed) {
        this.name = name;
        this.random = new Random(seed);
    }

    /**
     * One input.
     *
     * @param fate what has to become of it: stored, duplicate, parked, or the code of its refusal
     * @param waits whether it comes before its lead's capture, and so may be parked for a while
     */
    record Input(String lead, String text, String fate, boolean waits, boolean late) {}

    Input next() {
        while (leads.size() < LEADS_AT_A_TIME) {
            leads.add(lead());
        }
        int place = random.nextInt(leads.size());
        Deque<Input> lead = leads.get(place);
        Input input = lead.remove();
        if (lead.isEmpty()) {
            leads.remove(place);
        }
        expected.merge(input.fate(), 1L, Long::sum);
        if (input.waits()) {
            waiting.merge(input.lead(), 1L, Long::sum);
        } else if (input.fate().equals(STORED)) {
            waiting.remove(input.lead());
        }
        late += input.late() ? 1 : 0;
        return input;
    }

    /** How many had which fate, of those that were given out. */
    Map<String, Long> expected() {
        long wait = waiting.values().stream().mapToLong(Long::longValue).sum();
        Map<String, Long> now = new TreeMap<>(expected);
        now.merge(STORED, -wait, Long::sum);
        now.merge(PARKED, wait, Long::sum);
        return now;
    }

    /** How many came behind what occurred after them. */
    long late() {
        return late;
    }

    private boolean happens(int perMille) {
        return random.nextInt(1_000) < perMille;
    }

    private record Fact(int hour, String type, String data, boolean late) {}

    /** All that comes of a lead, in the order in which it comes. */
    private Deque<Input> lead() {
        String lead = "%s-%d".formatted(name, begun++);
        boolean isOrphan = happens(ORPHANS_PER_MILLE);
        List<Fact> facts = facts();
        for (int i = 0; i + 1 < facts.size(); i++) {
            if (happens(LATE_PER_MILLE)) {
                Fact behind = facts.get(i);
                facts.set(i, facts.get(i + 1));
                facts.set(++i, new Fact(behind.hour(), behind.type(), behind.data(), true));
            }
        }
        if (isOrphan) {
            facts.removeIf(fact -> fact.type().equals("captured"));
        }
        int capture = 0;
        while (!isOrphan && !facts.get(capture).type().equals("captured")) {
            capture++;
        }
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < facts.size(); i++) {
            Fact fact = facts.get(i);
            String text = text(lead, i, fact);
            inputs.add(new Input(lead, text, isOrphan ? PARKED : STORED, i < capture, fact.late()));
            if (happens(REPEATED_PER_MILLE)) {
                inputs.add(new Input(lead, text, DUPLICATE, false, false));
            }
            if (happens(BROKEN_PER_MILLE)) {
                inputs.add(broken(lead, text));
            }
        }
        return new ArrayDeque<>(inputs);
    }

    private List<Fact> facts() {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact(
                0,
                "captured",
                "{\"source\":\"%s\",\"attributes\":{\"employees\":%d,\"country\":\"%s\"}}"
                        .formatted(random.nextBoolean() ? "web" : "referral", random.nextInt(500), "DE"),
                false));
        int activities = 2 + random.nextInt(6);
        for (int i = 1; i <= activities; i++) {
            String activity = ACTIVITIES.get(random.nextInt(ACTIVITIES.size()));
            facts.add(new Fact(i, "activity", "{\"activity\":\"%s\"}".formatted(activity), false));
        }
        if (random.nextBoolean()) {
            facts.add(new Fact(activities + 1, "accepted", "{\"by\":\"ann\"}", false));
            facts.add(new Fact(activities + 2, "contacted", "{\"outcome\":\"reached\"}", false));
            boolean won = random.nextInt(3) == 0;
            facts.add(new Fact(
                    activities + 3,
                    won ? "won" : "lost",
                    won ? "{\"amount\":1200,\"currency\":\"EUR\"}" : "{}",
                    false));
        }
        return facts;
    }

    private static String text(String lead, int number, Fact fact) {
        return """
                {"specversion":"1.0","id":"%s-%d","source":"urn:mixed","type":"io.smarketing.lead.%s.v1","subject":"%s",\
                "time":"%s","data":%s}""".formatted(lead, number, fact.type(), lead, BEGIN.plusSeconds(fact.hour() * 3_600L), fact.data());
    }

    /** In turn of kind; the last kind has the name of the fact before and says something else. */
    private Input broken(String lead, String before) {
        int kind = broken++ % (KINDS.size() + 1);
        if (kind == KINDS.size()) {
            String other = before.replaceFirst("\"time\":\"2025", "\"time\":\"2024");
            return new Input(lead, other, "conflicting-duplicate", false, false);
        }
        String good = BrokenInputs.good("broken-%s-%d".formatted(name, broken), lead);
        String text =
                Objects.requireNonNull(BrokenInputs.KINDS.get(KINDS.get(kind))).apply(good);
        return new Input(lead, text, BrokenInputs.codeOf(KINDS.get(kind)), false, false);
    }
}
