package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.funnel.Durations;
import io.smarketing.lifecycle.funnel.Ranked;
import io.smarketing.lifecycle.lead.FoldOrder;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Visit;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How long after its capture a lead's first cycle is marked, on both sides, exactly. A mark that a voided capture has left before the
 * capture counts as made at it. Not thread-safe.
 */
public final class TimeToMark {

    private final Durations baseline = Durations.exact();
    private final Durations candidate = Durations.exact();
    private long leads;

    /**
     * Of all leads of a replay.
     *
     * @param histories of those that either side marks, at least
     */
    public static TimeToMark of(List<LeadResult> results, Map<String, LeadHistory> histories) {
        TimeToMark times = new TimeToMark();
        times.leads = results.size();
        for (LeadResult result : results) {
            if (result.set() != MarkSet.NEITHER) {
                LeadHistory history = Objects.requireNonNull(histories.get(result.leadId()), result.leadId());
                Instant capture = FoldOrder.sorted(history.effective()).get(0).occurredAt();
                add(times.baseline, capture, result.baselineMark());
                add(times.candidate, capture, result.candidateMark());
            }
        }
        return times;
    }

    private static void add(Durations times, Instant capture, @Nullable Instant mark) {
        if (mark != null) {
            times.add(Math.max(0, Visit.micros(capture, mark)));
        }
    }

    /** All leads that were replayed, marked or not. */
    public long leads() {
        return leads;
    }

    public Ranked baseline() {
        return baseline.ranked();
    }

    public Ranked candidate() {
        return candidate.ranked();
    }

    public ObjectNode toJson() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        Workload.put(node.putObject("baseline"), baseline);
        Workload.put(node.putObject("candidate"), candidate);
        return node;
    }
}
