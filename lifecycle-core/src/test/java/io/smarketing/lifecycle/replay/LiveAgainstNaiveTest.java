package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Fingerprint;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.RecordEvent;
import io.smarketing.lifecycle.lead.Rejudged;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * What the aggregate records while policies come and go and rescores ask, against {@link NaiveLive}, which was written
 * from the design alone. A failure names its seed and lead.
 */
class LiveAgainstNaiveTest {

    private static final int SEEDS = Integer.getInteger("live.seeds", 1_000);
    private static final int POLICIES = 4;

    private static String text(long seed, int policy) {
        return RandomHistory.policy(seed * POLICIES + policy).replace("name: random", "name: p" + policy);
    }

    private static Policy policy(String text) {
        try {
            return PolicyReader.read("random", text).policy();
        } catch (RefusedDocument e) {
            throw new IllegalStateException(text, e);
        }
    }

    @Test
    void whatIsRecordedWhilePoliciesComeAndGoIsWhatTheNaiveReadingSays() {
        LongAdder verdicts = new LongAdder();
        LongAdder marks = new LongAdder();
        LongAdder rescored = new LongAdder();
        LongStream.range(0, SEEDS).parallel().forEach(seed -> {
            List<Policy> policies = new ArrayList<>();
            List<JsonNode> naivePolicies = new ArrayList<>();
            for (int i = 0; i < POLICIES; i++) {
                policies.add(policy(text(seed, i)));
                naivePolicies.add(NaiveReplay.policy(text(seed, i)));
            }
            List<String> lines = RandomHistory.lines(seed);
            Map<String, List<NaiveReplay.Event>> naively = NaiveReplay.history(lines, null);
            Random random = new Random(seed);
            LiveEngine engine = new LiveEngine();
            for (LeadHistory lead : ReplayAgainstNaiveTest.history(lines).leads()) {
                List<NaiveLive.Arrival> arrivals = new ArrayList<>();
                List<Runnable> steps = new ArrayList<>();
                List<NaiveReplay.Event> events = Objects.requireNonNull(naively.get(lead.leadId()));
                assertThat(events).hasSameSizeAs(lead.entries());
                int active = random.nextInt(POLICIES + 1);
                for (Entry entry : lead.entries()) {
                    if (random.nextInt(5) == 0) {
                        active = random.nextInt(POLICIES + 1);
                    }
                    JsonNode naivePolicy = active == POLICIES ? NaiveReplay.policy(null) : naivePolicies.get(active);
                    Optional<Policy> policy = active == POLICIES ? Optional.empty() : Optional.of(policies.get(active));
                    steps.add(() -> engine.activate(policy));
                    if (entry.sequence() > 0 && random.nextInt(6) == 0) {
                        Instant at = entry.occurredAt().plus(Duration.ofHours(6L * (random.nextInt(9) - 2)));
                        EventId id = new EventId("urn:rescore", "r" + entry.sequence());
                        steps.add(() -> record(engine, lead, id, at, new LeadEvent.Rescored(null)));
                        arrivals.add(new NaiveLive.Arrival(
                                new NaiveReplay.Event(
                                        NaiveLive.RESCORED, at, id.source(), id.id(), id.toString(), naivePolicy),
                                naivePolicy));
                    }
                    steps.add(() -> record(engine, lead, entry.eventId(), entry.occurredAt(), entry.event()));
                    arrivals.add(new NaiveLive.Arrival(events.get((int) entry.sequence()), naivePolicy));
                }
                engine.take(steps, random.nextBoolean());
                List<String> told = told(engine.history(lead.leadId()));
                assertThat(told).as("seed %d, lead %s", seed, lead.leadId()).isEqualTo(NaiveLive.verdicts(arrivals));
                verdicts.add(told.size());
                marks.add(told.stream()
                        .filter(verdict -> verdict.contains(" marked-mql "))
                        .count());
                rescored.add(afterRescores(engine.history(lead.leadId())));
            }
        });
        assertThat(verdicts.sum()).as("verdicts").isGreaterThan(5L * SEEDS);
        assertThat(marks.sum()).as("marks").isGreaterThan(SEEDS / 2);
        assertThat(rescored.sum()).as("verdicts of rescores").isGreaterThan(SEEDS / 4);
    }

    private static void record(LiveEngine engine, LeadHistory lead, EventId id, Instant at, LeadEvent event) {
        engine.record(new RecordEvent(lead.leadId(), id, at, at, event, new Fingerprint(1, id.hashCode())));
    }

    private static List<String> told(LeadHistory recorded) {
        List<String> told = new ArrayList<>();
        for (Entry entry : recorded.entries()) {
            if (Rejudged.isVerdict(entry)) {
                if (entry.event() instanceof LeadEvent.Scored scored) {
                    told.add(told(entry, "scored", scored.score(), scored.disqualified(), scored.policy()));
                } else if (entry.event() instanceof LeadEvent.MarkedMql mark) {
                    told.add(told(entry, "marked-mql", mark.score(), null, mark.policy()));
                }
            }
        }
        return told;
    }

    private static String told(
            Entry entry, String kind, @Nullable BigDecimal score, @Nullable String reason, @Nullable PolicyRef policy) {
        return "%s %s %s %s %s"
                .formatted(
                        entry.occurredAt(),
                        kind,
                        score,
                        reason,
                        Objects.requireNonNull(policy).name());
    }

    private static long afterRescores(LeadHistory recorded) {
        long verdicts = 0;
        for (int i = 1; i < recorded.entries().size(); i++) {
            boolean caused = recorded.entries().get(i - 1).event() instanceof LeadEvent.Rescored
                    && Rejudged.isVerdict(recorded.entries().get(i));
            verdicts += caused ? 1 : 0;
        }
        return verdicts;
    }
}
