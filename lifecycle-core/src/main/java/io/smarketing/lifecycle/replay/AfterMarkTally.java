package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.funnel.Durations;
import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.lead.Cycle;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One row's first cycles, as {@link AfterMark} tells them. Mergeable; not thread-safe. */
final class AfterMarkTally {

    private final Map<MarkSet, Long> leads = new EnumMap<>(MarkSet.class);
    private final Durations answered = Durations.exact();
    private final Durations contacted = Durations.exact();
    private final Durations won = Durations.exact();

    void add(MarkSet set, Cycle.Response response) {
        leads.merge(set, 1L, Long::sum);
        if (set == MarkSet.KEPT) {
            response.answered().ifPresent(answered::add);
            response.contacted().ifPresent(contacted::add);
            response.won().ifPresent(won::add);
        }
    }

    void merge(AfterMarkTally other) {
        other.leads.forEach((set, count) -> leads.merge(set, count, Long::sum));
        answered.merge(other.answered);
        contacted.merge(other.contacted);
        won.merge(other.won);
    }

    private long count(MarkSet set) {
        return leads.getOrDefault(set, 0L);
    }

    AfterMark row(@Nullable String value) {
        return new AfterMark(
                value,
                count(MarkSet.KEPT),
                FunnelRow.Times.of(answered),
                FunnelRow.Times.of(contacted),
                FunnelRow.Times.of(won),
                count(MarkSet.EARLIER),
                count(MarkSet.LATER),
                count(MarkSet.GAINED));
    }
}
