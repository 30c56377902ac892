package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Rejudged;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
     * @param sequence of the first event that differs, is missing or should not be there
     */
    public record Mismatch(String leadId, long sequence, String explanation) {}

    /**
     * What an audit found. Mergeable.
     *
     * @param verdicts recorded by the engine
     * @param mismatched leads whose record does not hold
     * @param mismatches the first of them, one a lead, in the order of the leads
     */
    public record Result(long leads, long verdicts, long mismatched, List<Mismatch> mismatches) {

        /** A store that lost a policy mismatches everywhere: the rest is only counted. */
        private static final int MOST_LISTED = 10_000;

        /** Of no leads. */
        public static final Result NOTHING = new Result(0, 0, 0, List.of());

        public Result {
            mismatches = List.copyOf(mismatches);
        }

        /** Of one lead that does not hold. */
        public static Result of(long verdicts, Mismatch mismatch) {
            return new Result(1, verdicts, 1, List.of(mismatch));
        }

        /** Adds leads that come after these. */
        public Result plus(Result after) {
            return new Result(
                    leads + after.leads,
                    verdicts + after.verdicts,
                    mismatched + after.mismatched,
                    Stream.concat(mismatches.stream(), after.mismatches.stream())
                            .limit(MOST_LISTED)
                            .toList());
        }

        public ObjectNode toJson() {
            ObjectNode report = JsonNodeFactory.instance.objectNode();
            report.put("leads", leads);
            report.put("verdicts", verdicts);
            report.put("mismatched", mismatched);
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
        return new Result(
                leads.size(),
                results.stream().mapToLong(Result::verdicts).sum(),
                results.stream().mapToLong(Result::mismatched).sum(),
                results.stream()
                        .flatMap(result -> result.mismatches().stream())
                        .limit(Result.MOST_LISTED)
                        .toList());
    }

    /** Audits one lead, all of whose history is given: its sequence begins at 0 and has no gap. */
    public Result audit(LeadHistory lead) {
        List<Entry> recorded =
                lead.entries().stream().filter(Rejudged::isVerdict).toList();
        Rejudged rejudged = Rejudged.of(lead, policies);
        List<Mismatch> found = new ArrayList<>();
        Optional<Rejudged.Unjudged> unjudged = rejudged.unjudged();
        unjudged.ifPresent(event -> found.add(new Mismatch(
                lead.leadId(),
                event.sequence(),
                "judged by the policy %s, which is not known".formatted(event.policy()))));
        long comparable = unjudged.map(Rejudged.Unjudged::sequence).orElse(Long.MAX_VALUE);
        firstDifference(
                        lead.leadId(),
                        recorded.stream()
                                .filter(verdict -> verdict.sequence() < comparable)
                                .toList(),
                        rejudged.verdicts())
                .ifPresent(found::add);
        firstGap(lead).ifPresent(found::add);
        // The difference in a verdict was added before the gap it may have left, and says more.
        return found.stream()
                .min(Comparator.comparingLong(Mismatch::sequence))
                .map(mismatch -> Result.of(recorded.size(), mismatch))
                .orElseGet(() -> new Result(1, recorded.size(), 0, List.of()));
    }

    private static Optional<Mismatch> firstDifference(String leadId, List<Entry> recorded, List<Entry> expected) {
        for (int i = 0; i < Math.max(recorded.size(), expected.size()); i++) {
            @Nullable Entry was = i < recorded.size() ? recorded.get(i) : null;
            @Nullable Entry should = i < expected.size() ? expected.get(i) : null;
            if (should == null || (was != null && was.sequence() < should.sequence())) {
                return was == null
                        ? Optional.empty()
                        : Optional.of(new Mismatch(
                                leadId,
                                was.sequence(),
                                "recorded is %s; judged again there is no verdict here".formatted(describe(was))));
            } else if (was == null || should.sequence() < was.sequence()) {
                return Optional.of(new Mismatch(
                        leadId,
                        should.sequence(),
                        "no verdict is recorded here; judged again it is %s".formatted(describe(should))));
            } else if (!was.equals(should)) {
                boolean alike = describe(was).equals(describe(should));
                return Optional.of(new Mismatch(
                        leadId,
                        was.sequence(),
                        "recorded is %s; judged again it is %s"
                                .formatted(alike ? was : describe(was), alike ? should : describe(should))));
            }
        }
        return Optional.empty();
    }

    private static String describe(Entry verdict) {
        String what = verdict.event() instanceof LeadEvent.MarkedMql mark ? "a mark with score " + mark.score() : "";
        if (verdict.event() instanceof LeadEvent.Scored scored) {
            what = "a score of " + scored.score();
            if (scored.disqualified() != null) {
                what += ", disqualified (%s),".formatted(scored.disqualified());
            }
        }
        return "%s at %s by %s".formatted(what, verdict.occurredAt(), verdict.judgedBy());
    }

    private static Optional<Mismatch> firstGap(LeadHistory lead) {
        long next = 0;
        for (Entry entry : lead.entries()) {
            if (entry.sequence() != next) {
                return Optional.of(new Mismatch(
                        lead.leadId(), next, "no event is recorded here; the next has %d".formatted(entry.sequence())));
            }
            next++;
        }
        return Optional.empty();
    }
}
