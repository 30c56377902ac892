package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.funnel.FunnelRow;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How soon sales worked leads after the mark of their first cycle, for one value of a dimension. Sales did so under the old rule: for marks that the candidate
 * makes at another instant, or alone, it was not observed, and only their number is told. Each duration is one of {@link io.smarketing.lifecycle.lead.Cycle.Response}.
 *
 * @param value of the dimension; null where it is missing
 * @param kept leads that both sides mark at the same instant
 * @param answered of the kept ones, those that sales has answered
 * @param contacted of the kept ones, those that sales tried to contact
 * @param won of the kept ones, those that were won
 */
public record AfterMark(
        @Nullable String value,
        long kept,
        FunnelRow.Times answered,
        FunnelRow.Times contacted,
        FunnelRow.Times won,
        long earlier,
        long later,
        long gained) {

    static ArrayNode toJson(Iterable<AfterMark> rows) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        rows.forEach(row -> array.add(row.toJson()));
        return array;
    }

    private ObjectNode toJson() {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        row.put("value", value);
        ObjectNode observed = row.putObject(MarkSet.KEPT.word()).put("leads", kept);
        answered.putTo(observed.putObject("answered"));
        contacted.putTo(observed.putObject("contacted"));
        won.putTo(observed.putObject("won"));
        row.putObject("notObserved")
                .put(MarkSet.EARLIER.word(), earlier)
                .put(MarkSet.LATER.word(), later)
                .put(MarkSet.GAINED.word(), gained);
        return row;
    }
}
