package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Rejudged;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Judges histories again, in order of arrival, each fact by the policy that it says judged it, and compares the verdicts with
 * the recorded ones. Every difference is a fault of the engine or a hand in the store. Thread-safe.
 */
public final class Audit {

    private final Function<PolicyRef, Optional<Policy>> policies;

    /** Judges by what {@code policies} finds; a version it does not know is a mismatch. */
    public Audit(Function<PolicyRef, Optional<Policy>> policies) {
        this.policies = policies;
    }

    /**
     * One lead whose record does not hold.
     *
     * @param sequence of the first event that differs
     */
    public record Mismatch(String leadId, long sequence, String explanation) {}

    /**
     * What an audit found.
     *
     * @param verdicts recorded by the engine
     * @param mismatches one a lead, in the order of the leads
     */
    public record Result(long leads, long verdicts, List<Mismatch> mismatches) {

        public ObjectNode toJson() {
            ObjectNode report = JsonNodeFactory.instance.objectNode();
            report.put("leads", leads);
            report.put("verdicts", verdicts);
            ArrayNode list = report.putArray("mismatches");
            for (Mismatch mismatch : mismatches) {
                list.addObject()
                        .put("leadId", mismatch.leadId())
                        .put("sequence", mismatch.sequence())
                        .put("explanation", mismatch.explanation());
            }
            return report;
        }
    }

    /**
     * Audits leads, on all cores.
     *
     * @param progress is called once a lead, from many threads
     */
    public Result run(List<LeadHistory> leads, Runnable progress) {
        List<Result> results = leads.parallelStream()
                .map(lead -> {
                    Result result = audit(lead);
                    progress.run();
                    return result;
                })
                .toList();
        List<Mismatch> mismatches = new ArrayList<>();
        results.forEach(result -> mismatches.addAll(result.mismatches()));
        return new Result(
                leads.size(), results.stream().mapToLong(Result::verdicts).sum(), mismatches);
    }

    private Result audit(LeadHistory lead) {
        List<Rejudged.Verdict> recorded = Rejudged.recorded(lead);
        Rejudged rejudged = Rejudged.of(lead, policies);
        Optional<PolicyRef> unknown = rejudged.unknownPolicy();
        if (unknown.isPresent()) {
            return found(lead, recorded, 0, "the policy %s is not known".formatted(unknown.get()));
        }
        List<Rejudged.Verdict> expected = rejudged.verdicts();
        int shared = Math.min(recorded.size(), expected.size());
        int first = IntStream.range(0, shared)
                .filter(i -> !recorded.get(i).equals(expected.get(i)))
                .findFirst()
                .orElse(shared);
        if (first == shared && recorded.size() == expected.size()) {
            return new Result(1, recorded.size(), List.of());
        }
        String was = first < recorded.size() ? recorded.get(first).toString() : "nothing";
        String should = first < expected.size() ? expected.get(first).toString() : "nothing";
        long sequence = first < recorded.size()
                ? recorded.get(first).sequence()
                : expected.get(first).sequence();
        return found(lead, recorded, sequence, "recorded is %s; judged again it is %s".formatted(was, should));
    }

    private static Result found(LeadHistory lead, List<Rejudged.Verdict> recorded, long sequence, String explanation) {
        return new Result(1, recorded.size(), List.of(new Mismatch(lead.leadId(), sequence, explanation)));
    }
}
