package io.smarketing.lifecycle.lead;

import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A recorded history judged again as it was judged live: in sequence, each event by the policy that it names. From one policy
 * to the next the verdicts that were made stand, as they did live.
 *
 * @param unknownPolicy a policy that is named and not known; then there are no verdicts
 */
public record Rejudged(List<Verdict> verdicts, Optional<PolicyRef> unknownPolicy) {

    /**
     * A verdict of the engine, made anew or found.
     *
     * @param sequence where it stands, or would stand
     */
    public record Verdict(long sequence, Instant at, LeadEvent event, PolicyRef policy) {

        private Entry asEntry(String leadId, Instant recordedAt) {
            return new Entry(sequence, Lead.verdictId(leadId, sequence), at, recordedAt, event, policy);
        }

        @Override
        public String toString() {
            String what = event instanceof LeadEvent.Scored scored
                    ? "a score of %s%s"
                            .formatted(
                                    scored.score(),
                                    scored.disqualified() == null ? "" : ", disqualified: " + scored.disqualified())
                    : "a mark";
            return "%s at %s by %s".formatted(what, at, policy);
        }
    }

    /** The engine's verdicts in a history. */
    public static List<Verdict> recorded(LeadHistory history) {
        List<Verdict> verdicts = new ArrayList<>();
        for (Entry entry : history.entries()) {
            if (isVerdict(entry)) {
                PolicyRef policy = entry.judgedBy();
                verdicts.add(new Verdict(
                        entry.sequence(),
                        entry.occurredAt(),
                        entry.event(),
                        policy == null ? new PolicyRef("", "") : policy));
            }
        }
        return verdicts;
    }

    private static boolean isVerdict(Entry entry) {
        return entry.event() instanceof LeadEvent.Verdict
                && entry.eventId().source().equals(Lead.ENGINE);
    }

    /** Judges anew. */
    public static Rejudged of(LeadHistory history, Function<PolicyRef, Optional<Policy>> policies) {
        List<Verdict> verdicts = new ArrayList<>();
        List<Entry> before = new ArrayList<>();
        @Nullable Judging judging = null;
        for (Entry entry : history.entries()) {
            if (isVerdict(entry)) {
                continue;
            }
            PolicyRef by = entry.judgedBy();
            if (by == null) {
                judging = judging == null || cameWithoutPolicy(entry, judging.policy()) ? null : judging;
            } else if (judging == null || !by.equals(judging.policy().reference())) {
                Optional<Policy> policy = policies.apply(by);
                if (policy.isEmpty()) {
                    return new Rejudged(List.of(), Optional.of(by));
                }
                judging = Judging.resume(policy.get(), before);
            }
            before.add(entry);
            if (judging != null) {
                for (Verdict verdict : judge(judging, entry)) {
                    verdicts.add(verdict);
                    before.add(verdict.asEntry(history.leadId(), entry.recordedAt()));
                }
            }
        }
        return new Rejudged(verdicts, Optional.empty());
    }

    /** What an active policy would have left its name on. */
    private static boolean cameWithoutPolicy(Entry entry, Policy policy) {
        return Lead.isEvaluated(entry.event())
                || (entry.event() instanceof LeadEvent.MarkedMql && !policy.trustsExternalMarks());
    }

    private static List<Verdict> judge(Judging judging, Entry entry) {
        Optional<Judgement> judgement =
                entry.event() instanceof LeadEvent.Rescored ? judging.rescore(entry) : judging.arrive(entry);
        List<Verdict> verdicts = new ArrayList<>(2);
        if (judgement.isPresent()) {
            for (LeadEvent.Verdict event : Lead.verdicts(judgement.get(), judging.policy())) {
                long sequence = entry.sequence() + 1 + verdicts.size();
                verdicts.add(new Verdict(
                        sequence, judgement.get().at(), event, judging.policy().reference()));
            }
        }
        return verdicts;
    }
}
