package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Fingerprint;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.Lead;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.lead.RecordEvent;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.lead.Rejudged;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random histories taken by the aggregate under changing policies, then audited. A failure names its seed. */
class AuditTest {

    private static final int SEEDS = Integer.getInteger("replay.seeds", 1_000) / 4;
    private static final RecordedCodec CODEC = new RecordedCodec();

    private static List<Policy> policies(long seed) {
        List<Policy> policies = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            try {
                policies.add(PolicyReader.read("random", RandomHistory.policy(seed * 4 + i))
                        .policy());
            } catch (RefusedDocument e) {
                throw new IllegalStateException(e);
            }
        }
        return policies;
    }

    private static Audit audit(List<Policy> known) {
        Map<PolicyRef, Policy> byReference = new LinkedHashMap<>();
        known.forEach(policy -> byReference.put(policy.reference(), policy));
        return new Audit(reference -> Optional.ofNullable(byReference.get(reference)));
    }

    /** What the engine stored of a random history, while policies came and went. */
    private static List<LeadHistory> taken(long seed, List<Policy> policies, boolean switching) {
        Random random = new Random(seed);
        LiveEngine engine = new LiveEngine();
        engine.activate(switching ? Optional.empty() : Optional.of(policies.get(0)));
        List<LeadHistory> stored = new ArrayList<>();
        for (LeadHistory lead :
                ReplayAgainstNaiveTest.history(RandomHistory.lines(seed)).leads()) {
            List<Runnable> steps = new ArrayList<>();
            for (Entry entry : lead.entries()) {
                if (switching && random.nextInt(4) == 0) {
                    int next = random.nextInt(policies.size() + 1);
                    Optional<Policy> policy =
                            next == policies.size() ? Optional.empty() : Optional.of(policies.get(next));
                    steps.add(() -> engine.activate(policy));
                }
                if (switching && random.nextInt(10) == 0 && entry.sequence() > 0) {
                    EventId marker = new EventId("urn:rescore", lead.leadId() + entry.sequence());
                    steps.add(() -> engine.record(command(lead, entry, marker, new LeadEvent.Rescored(null))));
                }
                steps.add(() -> engine.record(command(lead, entry, entry.eventId(), entry.event())));
                if (random.nextInt(3) == 0) {
                    engine.take(steps, random.nextBoolean());
                    steps.clear();
                }
            }
            engine.take(steps, random.nextBoolean());
            stored.add(readAgain(engine.history(lead.leadId())));
        }
        return stored;
    }

    private static RecordEvent command(LeadHistory lead, Entry entry, EventId id, LeadEvent event) {
        return new RecordEvent(
                lead.leadId(), id, entry.occurredAt(), entry.recordedAt(), event, new Fingerprint(1, id.hashCode()));
    }

    /** As the store gives it back. */
    private static LeadHistory readAgain(LeadHistory history) {
        List<Entry> entries = new ArrayList<>();
        for (Entry entry : history.entries()) {
            try {
                Recorded recorded = CODEC.read(CODEC.write(new Recorded(
                        history.leadId(),
                        entry.eventId(),
                        entry.occurredAt(),
                        entry.recordedAt(),
                        LeadEvent.withoutContact(entry.event()),
                        entry.judgedBy(),
                        null)));
                entries.add(recorded.entry(entry.sequence()));
            } catch (RecordedCodec.UnreadableRecord e) {
                throw new IllegalStateException(e);
            }
        }
        return new LeadHistory(history.leadId(), entries);
    }

    private static LeadHistory with(LeadHistory lead, List<Entry> entries) {
        return new LeadHistory(lead.leadId(), entries);
    }

    @Test
    void everyVerdictIsReproducedHoweverPoliciesCameAndWent() {
        long verdicts = 0;
        long marks = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            List<Policy> policies = policies(seed);
            List<LeadHistory> leads = taken(seed, policies, true);
            Audit.Result result = audit(policies).run(leads, () -> {});
            assertThat(result.mismatches()).as("seed %d", seed).isEmpty();
            assertThat(result.leads()).isEqualTo(leads.size());
            verdicts += result.verdicts();
            marks += leads.stream()
                    .flatMap(lead -> lead.entries().stream())
                    .filter(entry -> Rejudged.isVerdict(entry) && entry.event() instanceof LeadEvent.MarkedMql)
                    .count();
        }
        assertThat(verdicts).isGreaterThan(SEEDS);
        assertThat(marks).isGreaterThan(SEEDS / 4);
    }

    @Test
    void aCycleWithAMarkThatCountsIsNotMarkedAgain() {
        for (long seed = 0; seed < SEEDS; seed++) {
            for (LeadHistory lead : taken(seed, policies(seed), true)) {
                for (Entry mark : lead.entries()) {
                    if (Rejudged.isVerdict(mark) && mark.event() instanceof LeadEvent.MarkedMql) {
                        assertThat(marksInItsCycle(lead, mark))
                                .as("seed %d, lead %s, mark %d", seed, lead.leadId(), mark.sequence())
                                .isEmpty();
                    }
                }
            }
        }
    }

    /** Those that the engine knew of when it made the mark, and that the live fold counts. */
    private static List<Entry> marksInItsCycle(LeadHistory lead, Entry mark) {
        List<Entry> before = lead.entries().subList(0, (int) mark.sequence());
        List<EventId> voided = before.stream()
                .filter(entry -> entry.event() instanceof LeadEvent.Voided)
                .map(entry -> ((LeadEvent.Voided) entry.event()).event())
                .toList();
        List<Entry> marks = new ArrayList<>();
        for (Entry entry : before) {
            boolean stands = !voided.contains(entry.eventId());
            if (stands && (entry.event() instanceof LeadEvent.Rejected || entry.event() instanceof LeadEvent.Lost)) {
                marks.clear();
            } else if (entry.event() instanceof LeadEvent.MarkedMql
                    && (Rejudged.isVerdict(entry) || (stands && entry.judgedBy() == null))) {
                marks.add(entry);
            }
        }
        return marks;
    }

    @Test
    void underOnePolicyTheLiveFunnelIsThatOfAReplayInOrderOfArrival() {
        for (long seed = 0; seed < SEEDS; seed++) {
            List<Policy> policies = policies(seed);
            for (LeadHistory lead : taken(seed, policies, false)) {
                Marks replayed = new Judge(policies.get(0), Judge.Order.ARRIVAL)
                        .judge(lead)
                        .marks();
                Optional<LeadFold> live = LeadFold.of(lead, Marks.live());
                Optional<LeadFold> again = LeadFold.of(lead, replayed);
                assertThat(live.map(LeadFold::visits))
                        .as("seed %d, lead %s", seed, lead.leadId())
                        .isEqualTo(again.map(LeadFold::visits));
                assertThat(live.map(LeadFold::deviations))
                        .as("seed %d, lead %s", seed, lead.leadId())
                        .isEqualTo(again.map(LeadFold::deviations));
            }
        }
    }

    @Test
    void anAlteredRemovedOrAddedVerdictIsFoundByLeadAndSequence() {
        int found = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            List<Policy> policies = policies(seed);
            Random random = new Random(seed);
            List<LeadHistory> leads = taken(seed, policies, true);
            for (int i = 0; i < leads.size(); i++) {
                LeadHistory lead = leads.get(i);
                List<Entry> verdicts =
                        lead.entries().stream().filter(Rejudged::isVerdict).toList();
                List<Entry> entries = new ArrayList<>(lead.entries());
                long sequence;
                if (verdicts.isEmpty() || random.nextInt(3) == 0) {
                    sequence = entries.size();
                    entries.add(mark(lead, sequence, policies.get(0)));
                } else {
                    Entry verdict = verdicts.get(random.nextInt(verdicts.size()));
                    sequence = verdict.sequence();
                    int place = (int) sequence;
                    entries.remove(place);
                    if (random.nextBoolean()) {
                        entries.add(place, altered(verdict, random));
                    }
                }
                List<LeadHistory> tampered = new ArrayList<>(leads);
                tampered.set(i, with(lead, entries));
                Audit.Result result = audit(policies).run(tampered, () -> {});
                assertThat(result.mismatches())
                        .as("seed %d, lead %s", seed, lead.leadId())
                        .singleElement()
                        .satisfies(mismatch -> {
                            assertThat(mismatch.leadId()).isEqualTo(lead.leadId());
                            assertThat(mismatch.sequence()).isEqualTo(sequence);
                        });
                found++;
            }
        }
        assertThat(found).isGreaterThan(SEEDS);
    }

    private static Entry mark(LeadHistory lead, long sequence, Policy policy) {
        return new Entry(
                sequence,
                new EventId(Lead.ENGINE, lead.leadId() + "/" + sequence),
                Instant.parse("2025-03-05T00:00:00Z"),
                Instant.parse("2025-03-05T00:00:00Z"),
                new LeadEvent.MarkedMql(BigDecimal.TEN, policy.reference()),
                policy.reference());
    }

    private static Entry altered(Entry verdict, Random random) {
        LeadEvent event = verdict.event();
        if (event instanceof LeadEvent.Scored scored && random.nextBoolean()) {
            event = new LeadEvent.Scored(
                    BigDecimal.valueOf(4_711),
                    scored.fit(),
                    scored.engagement(),
                    scored.disqualified(),
                    scored.previous(),
                    scored.policy(),
                    scored.contributions());
        } else if (event instanceof LeadEvent.MarkedMql && random.nextBoolean()) {
            event = new LeadEvent.MarkedMql(BigDecimal.valueOf(4_711), verdict.judgedBy());
        }
        return new Entry(
                verdict.sequence(),
                verdict.eventId(),
                event.equals(verdict.event()) ? verdict.occurredAt().plusSeconds(1) : verdict.occurredAt(),
                verdict.recordedAt(),
                event,
                verdict.judgedBy());
    }

    @Test
    void aRemovedFactLeavesAGap() {
        for (long seed = 0; seed < SEEDS; seed++) {
            List<Policy> policies = policies(seed);
            Random random = new Random(seed);
            for (LeadHistory lead : taken(seed, policies, true)) {
                List<Entry> entries = new ArrayList<>(lead.entries());
                int place = random.nextInt(entries.size());
                if (place < entries.size() - 1 && !Rejudged.isVerdict(entries.get(place))) {
                    entries.remove(place);
                    assertThat(audit(policies).audit(with(lead, entries)).mismatches())
                            .as("seed %d, lead %s", seed, lead.leadId())
                            .singleElement()
                            .satisfies(
                                    mismatch -> assertThat(mismatch.sequence()).isEqualTo(place));
                }
            }
        }
    }

    @Test
    void aPolicyThatIsNotKnownIsAMismatchOfTheLeadsItJudged() {
        List<Policy> policies = policies(7);
        List<LeadHistory> leads = taken(7, policies, false);
        Audit.Result result = audit(List.of()).run(leads, () -> {});
        assertThat(result.mismatched()).isEqualTo(leads.size());
        assertThat(result.mismatches().get(0).explanation())
                .isEqualTo("judged by the policy %s, which is not known"
                        .formatted(policies.get(0).reference()));
    }

    @Test
    void resultsOfPortionsAreAdded() {
        List<Policy> policies = policies(11);
        List<LeadHistory> leads = taken(11, policies, true);
        Audit audit = audit(policies.subList(0, 1));
        Audit.Result whole = audit.run(leads, () -> {});
        Audit.Result added = Audit.Result.NOTHING;
        for (LeadHistory lead : leads) {
            added = added.plus(audit.audit(lead));
        }
        assertThat(added.toJson()).isEqualTo(whole.toJson());
    }
}
