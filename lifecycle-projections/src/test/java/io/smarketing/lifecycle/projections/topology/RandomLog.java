package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Lead;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What the relay would write of a few random leads: late facts, repeated captures, voids of anything, both kinds of marks. The same
 * seed gives the same log.
 */
final class RandomLog {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final PolicyRef POLICY = new PolicyRef("agreed", "1");

    private final Random random;
    private final List<Written> log = new ArrayList<>();

    /** One record of {@code lead.events}. */
    record Written(long sequence, long position, Recorded recorded) {

        Entry entry() {
            return recorded.entry(sequence);
        }
    }

    private RandomLog(long seed) {
        random = new Random(seed * 0x9E3779B97F4A7C15L);
    }

    static List<Written> of(long seed, int leads) {
        return new RandomLog(seed).written(leads);
    }

    /** The histories that a log tells, by lead. */
    static List<LeadHistory> histories(List<Written> log) {
        Map<String, List<Entry>> entries = new LinkedHashMap<>();
        for (Written written : log) {
            entries.computeIfAbsent(written.recorded().leadId(), absent -> new ArrayList<>())
                    .add(written.entry());
        }
        return entries.entrySet().stream()
                .map(lead -> new LeadHistory(lead.getKey(), lead.getValue()))
                .toList();
    }

    private List<Written> written(int leads) {
        Map<String, List<Recorded>> stories = new LinkedHashMap<>();
        for (int i = 0; i < leads; i++) {
            stories.put("lead-" + i, story("lead-" + i));
        }
        Map<String, Integer> next = new HashMap<>();
        List<String> left = new ArrayList<>(stories.keySet());
        while (!left.isEmpty()) {
            String lead = left.get(random.nextInt(left.size()));
            int sequence = next.merge(lead, 1, Integer::sum) - 1;
            List<Recorded> story = stories.getOrDefault(lead, List.of());
            log.add(new Written(sequence, log.size() * 3L, recordedAt(story.get(sequence))));
            if (sequence + 1 == story.size()) {
                left.remove(lead);
            }
        }
        return log;
    }

    private Recorded recordedAt(Recorded recorded) {
        return new Recorded(
                recorded.leadId(),
                recorded.eventId(),
                recorded.occurredAt(),
                START.plus(Duration.ofDays(200)).plusMillis(log.size()),
                recorded.event(),
                recorded.judgedBy(),
                null);
    }

    private List<Recorded> story(String lead) {
        List<Recorded> story = new ArrayList<>();
        int size = 1 + random.nextInt(24);
        for (int i = 0; i < size; i++) {
            LeadEvent event = i == 0 ? captured() : event(lead, story.size());
            boolean engine = event instanceof LeadEvent.MarkedMql mark && !mark.isExternal();
            EventId id = engine ? new EventId(Lead.ENGINE, lead + "/" + i) : id(lead, i);
            story.add(new Recorded(lead, id, instant(), START, event, judgedBy(event), null));
        }
        return story;
    }

    private static EventId id(String lead, int number) {
        return new EventId("urn:emitter", lead + "#" + number);
    }

    /** Another system's mark that carries a policy's name was set aside. */
    private @Nullable PolicyRef judgedBy(LeadEvent event) {
        return event instanceof LeadEvent.MarkedMql mark && mark.isExternal() && !chance(3) ? null : POLICY;
    }

    private LeadEvent captured() {
        return new LeadEvent.Captured(
                pick("web", "ads", "", null), pick("spring", null), pick("cfo", "ops"), attributes(), null, null);
    }

    private Map<String, @Nullable Object> attributes() {
        Map<String, @Nullable Object> attributes = new HashMap<>();
        attributes.put("employees", (long) random.nextInt(500) - 20);
        attributes.put("country", pick("DE", "US", null));
        attributes.put("revenue", new BigDecimal("12.50"));
        attributes.put("trial", random.nextBoolean());
        return attributes;
    }

    private LeadEvent event(String lead, int number) {
        return switch (random.nextInt(19)) {
            case 0 -> captured();
            case 1 -> new LeadEvent.Enriched(attributes(), null);
            case 2, 3, 4 -> new LeadEvent.Activity("page_view", pick("guide", null), 1 + random.nextInt(3));
            case 5 ->
                new LeadEvent.Scored(
                        BigDecimal.valueOf(random.nextInt(99)),
                        BigDecimal.ONE,
                        BigDecimal.TEN,
                        pick("not-a-buyer", null, null),
                        BigDecimal.ZERO,
                        POLICY,
                        List.of());
            case 6, 7, 8 -> new LeadEvent.MarkedMql(BigDecimal.valueOf(60), chance(3) ? null : POLICY);
            case 9, 10 -> new LeadEvent.Accepted(pick("ann", "bob", null));
            case 11, 12 ->
                new LeadEvent.Contacted(pick("ann", "cyd", null), pick("call", null), pick("reached", "no_answer"));
            case 13, 14 -> new LeadEvent.Rejected(pick("ann", null), pick("too-small", null));
            case 15 -> new LeadEvent.Lost("bob", null);
            case 16 -> new LeadEvent.Won(new BigDecimal("99.90"), "EUR");
            // Of any event, one that is yet to come among them.
            case 17 -> new LeadEvent.Voided(id(lead, random.nextInt(number + 3)), "ann", null);
            default -> new LeadEvent.Rescored(POLICY);
        };
    }

    /** Mostly on a coarse grid, so that ties are frequent; some with all digits. */
    private Instant instant() {
        Instant onGrid = START.plus(Duration.ofHours(6L * random.nextInt(60)));
        return chance(3) ? onGrid.plusNanos(1_000L * random.nextInt(1_000_000_000)) : onGrid;
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private @Nullable String pick(@Nullable String... values) {
        return values[random.nextInt(values.length)];
    }
}
