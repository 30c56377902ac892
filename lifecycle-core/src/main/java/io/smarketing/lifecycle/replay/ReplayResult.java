package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Funnel;
import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.Verdicts;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What a replay found. Built by merging partial results of disjoint leads; not to be changed once it is given out. */
public final class ReplayResult {

    private final PolicyRef candidate;
    private final @Nullable PolicyRef baseline;
    private final Judge.Order order;
    private final OutcomeTally sets = new OutcomeTally();
    private final OutcomeTally otherCycles = new OutcomeTally();
    private final Map<MarkSet, Long> orderAlone = new EnumMap<>(MarkSet.class);
    private final Map<@Nullable String, AfterMarkTally> afterMark = new HashMap<>();
    private final Map<String, Map<String, Long>> unknowns = new TreeMap<>();
    private final List<LeadResult> leads = new ArrayList<>();
    private final Funnel baselineFunnel;
    private final Funnel candidateFunnel;
    private long leadCount;

    ReplayResult(Judge candidate, @Nullable Judge baseline, Dimension dimension) {
        this.candidate = candidate.policy().reference();
        this.baseline = baseline == null ? null : baseline.policy().reference();
        this.order = candidate.order();
        this.baselineFunnel = new Funnel(dimension);
        this.candidateFunnel = new Funnel(dimension);
    }

    void add(LeadResult lead, List<Cycle> cycles, LeadFold baselineFold, LeadFold candidateFold, Verdicts verdicts) {
        leads.add(lead);
        leadCount++;
        sets.add(lead.set(), cycles.get(0));
        afterMark(candidateFunnel.dimension().valueOf(candidateFold))
                .add(lead.set(), cycles.get(0).response());
        baselineFunnel.add(baselineFold);
        candidateFunnel.add(candidateFold);
        verdicts.unknowns().forEach((rule, fields) -> fields.forEach(field -> countUnknown(rule, field, 1)));
    }

    private AfterMarkTally afterMark(@Nullable String value) {
        return afterMark.computeIfAbsent(value, absent -> new AfterMarkTally());
    }

    private void countUnknown(String rule, String field, long count) {
        unknowns.computeIfAbsent(rule, key -> new TreeMap<>()).merge(field, count, Long::sum);
    }

    void addOtherCycle(MarkSet set, Cycle cycle) {
        otherCycles.add(set, cycle);
    }

    void addOrderAlone(MarkSet set) {
        orderAlone.merge(set, 1L, Long::sum);
    }

    void merge(ReplayResult other) {
        leads.addAll(other.leads);
        mergeTallies(other);
    }

    /** All but the list of leads. */
    void mergeTallies(ReplayResult other) {
        leadCount += other.leadCount;
        sets.merge(other.sets);
        otherCycles.merge(other.otherCycles);
        other.orderAlone.forEach((set, count) -> orderAlone.merge(set, count, Long::sum));
        other.unknowns.forEach((rule, fields) -> fields.forEach((field, count) -> countUnknown(rule, field, count)));
        other.afterMark.forEach((value, tally) -> afterMark(value).merge(tally));
        baselineFunnel.merge(other.baselineFunnel);
        candidateFunnel.merge(other.candidateFunnel);
    }

    public String candidate() {
        return candidate.toString();
    }

    /** The policy, or {@code recorded}. */
    public String baseline() {
        return baseline == null ? "recorded" : baseline.toString();
    }

    public Judge.Order order() {
        return order;
    }

    /** First cycles, one a lead. */
    public OutcomeTally sets() {
        return sets;
    }

    /** Cycles after a lead's first. */
    public OutcomeTally otherCycles() {
        return otherCycles;
    }

    /** In the order in which the leads were given; none where they came in portions. */
    public List<LeadResult> leads() {
        return List.copyOf(leads);
    }

    public List<FunnelRow> baselineRows() {
        return baselineFunnel.rows();
    }

    public List<FunnelRow> candidateRows() {
        return candidateFunnel.rows();
    }

    /** How soon sales worked leads after their marks, in the order of the funnels' rows. */
    public List<AfterMark> afterMark() {
        return afterMark.keySet().stream()
                .sorted(Dimension.BY_VALUE)
                .map(value -> afterMark(value).row(value))
                .toList();
    }

    /** By rule and attribute, the leads for which the candidate could not decide. */
    public Map<String, Map<String, Long>> unknowns() {
        return Map.copyOf(unknowns);
    }

    /**
     * With baseline {@code recorded}: what judging in order of occurrence would change against judging in order of arrival,
     * the policy being the same; empty otherwise.
     */
    public Optional<Map<MarkSet, Long>> orderAlone() {
        return baseline == null ? Optional.of(Map.copyOf(orderAlone)) : Optional.empty();
    }

    /**
     * The report.
     *
     * @param withLeads whether to list every lead
     */
    public ObjectNode toJson(boolean withLeads) {
        return report().toJson(withLeads ? leads : null);
    }

    /** The figures as they stand. */
    public ReplayReport report() {
        return new ReplayReport(
                candidate(),
                baseline(),
                order,
                leadCount,
                sets,
                otherCycles,
                baselineRows(),
                candidateRows(),
                afterMark(),
                baseline == null ? Map.copyOf(orderAlone) : null,
                unknowns);
    }
}
