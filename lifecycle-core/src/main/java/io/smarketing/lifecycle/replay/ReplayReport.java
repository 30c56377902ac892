package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.funnel.Funnel;
import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.lead.Judge;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The figures of a replay, by whatever way they were added up: equal figures give the same bytes.
 *
 * @param candidate the policy
 * @param baseline the policy, or {@code recorded}
 * @param leads that were replayed
 * @param sets first cycles, one a lead
 * @param otherCycles cycles after a lead's first
 * @param afterMark how soon sales worked leads after their marks, for each row of the candidate's funnel
 * @param orderAlone with baseline {@code recorded}, what order of occurrence would change; else null
 * @param unknowns by rule and attribute, the leads for which the candidate could not decide; in order
 */
public record ReplayReport(
        String candidate,
        String baseline,
        Judge.Order order,
        long leads,
        OutcomeTally sets,
        OutcomeTally otherCycles,
        List<FunnelRow> baselineRows,
        List<FunnelRow> candidateRows,
        List<AfterMark> afterMark,
        @Nullable Map<MarkSet, Long> orderAlone,
        Map<String, Map<String, Long>> unknowns) {

    /**
     * The report as JSON.
     *
     * @param perLead listed behind the hash; null for no list
     */
    public ObjectNode toJson(@Nullable List<LeadResult> perLead) {
        ObjectNode body = body();
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        report.put("candidate", candidate);
        report.put("baseline", baseline);
        report.setAll(body);
        report.put("hash", hash(body));
        if (perLead != null) {
            ArrayNode list = report.putArray("perLead");
            perLead.forEach(lead -> list.add(lead.toJson()));
        }
        return report;
    }

    private ObjectNode body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("order", order.name().toLowerCase(Locale.ROOT));
        body.put("leads", leads);
        body.set("sets", sets.toJson());
        body.set("otherCycles", otherCycles.toJson());
        ObjectNode funnels = body.putObject("funnels");
        funnels.set("baseline", Funnel.toJson(baselineRows));
        funnels.set("candidate", Funnel.toJson(candidateRows));
        body.set("afterMark", AfterMark.toJson(afterMark));
        if (orderAlone == null) {
            body.putNull("orderAlone");
        } else {
            ObjectNode alone = body.putObject("orderAlone");
            for (MarkSet set : MarkSet.values()) {
                alone.put(set.word(), orderAlone.getOrDefault(set, 0L));
            }
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
