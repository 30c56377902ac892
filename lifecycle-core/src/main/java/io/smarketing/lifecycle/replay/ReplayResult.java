package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Funnel;
import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.Verdicts;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a replay found. Built by merging partial results of disjoint leads; not to be changed once it is given out. */
public final class ReplayResult {

    private final PolicyRef candidate;
    private final @Nullable PolicyRef baseline;
    private final Judge.Order order;
    private final OutcomeTally sets = new OutcomeTally();
    private final OutcomeTally otherCycles = new OutcomeTally();
    private final Map<MarkSet, Long> orderAlone = new EnumMap<>(MarkSet.class);
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
        baselineFunnel.add(baselineFold);
        candidateFunnel.add(candidateFold);
        verdicts.unknowns().forEach((rule, fields) -> fields.forEach(field -> countUnknown(rule, field, 1)));
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
        ObjectNode body = body();
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        report.put("candidate", candidate());
        report.put("baseline", baseline());
        report.setAll(body);
        report.put("hash", hash(body));
        if (withLeads) {
            ArrayNode list = report.putArray("perLead");
            leads.forEach(lead -> list.add(lead.toJson()));
        }
        return report;
    }

    private ObjectNode body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("order", order.name().toLowerCase(Locale.ROOT));
        body.put("leads", leadCount);
        body.set("sets", sets.toJson());
        body.set("otherCycles", otherCycles.toJson());
        ObjectNode funnels = body.putObject("funnels");
        funnels.set("baseline", Funnel.toJson(baselineRows()));
        funnels.set("candidate", Funnel.toJson(candidateRows()));
        if (baseline == null) {
            ObjectNode alone = body.putObject("orderAlone");
            for (MarkSet set : MarkSet.values()) {
                alone.put(set.word(), orderAlone.getOrDefault(set, 0L));
            }
        } else {
            body.putNull("orderAlone");
        }
        ObjectNode rules = body.putObject("unknowns");
        unknowns.forEach((rule, fields) -> {
            ObjectNode node = rules.putObject(rule);
            fields.forEach(node::put);
        });
        return body;
    }

    /** SHA-256 over the report without the names of the policies and without the list of leads. */
    private static String hash(ObjectNode body) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(body.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
