package io.smarketing.lifecycle.funnel;

import io.smarketing.lifecycle.lead.LeadFold;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Tallies by the values of one dimension. Mergeable and retractable like its tallies; not thread-safe. */
public final class Funnel {

    private final Dimension dimension;
    private final Map<@Nullable String, FunnelTally> tallies = new HashMap<>();

    public Funnel(Dimension dimension) {
        this.dimension = dimension;
    }

    public Dimension dimension() {
        return dimension;
    }

    public void add(LeadFold lead) {
        tally(dimension.valueOf(lead)).add(lead);
    }

    /** Takes a lead out, folded as it was when it was added. */
    public void retract(LeadFold lead) {
        tally(dimension.valueOf(lead)).retract(lead);
    }

    public Funnel merge(Funnel other) {
        other.tallies.forEach((value, tally) -> tally(value).merge(tally));
        return this;
    }

    private FunnelTally tally(@Nullable String value) {
        return tallies.computeIfAbsent(value, absent -> new FunnelTally());
    }

    /** Ordered by value, the missing one last; values without leads stay, as zeros. */
    public List<FunnelRow> rows() {
        return tallies.keySet().stream()
                .sorted(Dimension.BY_VALUE)
                .map(value -> tally(value).row(value))
                .toList();
    }

    /** The rows in the form of the funnel answer. */
    public static ArrayNode toJson(List<FunnelRow> rows) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        rows.forEach(row -> array.add(row.toJson()));
        return array;
    }
}
