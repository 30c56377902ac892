package io.smarketing.lifecycle.lead;

import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A recorded history judged again as it was judged live: in sequence, each event by the policy that it names. From one policy
 * to the next the verdicts that were made stand, as they did live.
 *
 * @param verdicts as they would stand in the history, up to the event that no known policy can judge
 */
public record Rejudged(List<Entry> verdicts, Optional<Unjudged> unjudged) {

    public Rejudged {
        verdicts = List.copyOf(verdicts);
    }

    /**
     * The first event that names a policy which is not known.
     *
     * @param sequence of the event
     */
    public record Unjudged(long sequence, PolicyRef policy) {}

    /** Whether the engine says so, and not another system or a person. */
    public static boolean isVerdict(Entry entry) {
        return Lead.isVerdict(entry);
    }

    /** Judges anew; the verdicts that the history holds are passed over. */
    public static Rejudged of(LeadHistory history, Function<PolicyRef, Optional<Policy>> policies) {
        List<Entry> verdicts = new ArrayList<>();
        List<Entry> before = new ArrayList<>();
        @Nullable Judging judging = null;
        for (Entry entry : history.entries()) {
            if (isVerdict(entry)) {
                continue;
            }
            PolicyRef by = entry.judgedBy();
            if (by == null) {
                judging = judging == null || Lead.isJudged(entry.event(), judging.policy()) ? null : judging;
            } else if (judging == null || !by.equals(judging.policy().reference())) {
                Optional<Policy> policy = policies.apply(by);
                if (policy.isEmpty()) {
                    return new Rejudged(verdicts, Optional.of(new Unjudged(entry.sequence(), by)));
                }
                judging = Judging.resume(policy.get(), before);
            }
            before.add(entry);
            if (judging != null) {
                List<Entry> made = judge(history.leadId(), judging, entry);
                verdicts.addAll(made);
                before.addAll(made);
            }
        }
        return new Rejudged(verdicts, Optional.empty());
    }

    private static List<Entry> judge(String leadId, Judging judging, Entry entry) {
        Optional<Judgement> judgement =
                entry.event() instanceof LeadEvent.Rescored ? judging.rescore(entry) : judging.arrive(entry);
        List<Entry> verdicts = new ArrayList<>(2);
        if (judgement.isPresent()) {
            for (LeadEvent.Verdict event : Lead.verdicts(judgement.get(), judging.policy())) {
                long sequence = entry.sequence() + 1 + verdicts.size();
                verdicts.add(new Entry(
                        sequence,
                        Lead.verdictId(leadId, sequence),
                        judgement.get().at(),
                        entry.recordedAt(),
                        event,
                        judging.policy().reference()));
            }
        }
        return verdicts;
    }
}
