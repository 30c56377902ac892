package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.DurationSamples;
import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.replay.AfterMark;
import io.smarketing.lifecycle.replay.MarkSet;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.agrona.collections.Int2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** What sales did after the marks of first cycles, by the number of a dimension's value. Not thread-safe. */
final class AfterMarkTallies {

    static final int ANSWERED = 0;
    static final int CONTACTED = 1;
    static final int WON = 2;
    static final int TIMES = 3;

    /** Of what {@link #find} finds: nothing yet, and what was done before the mark. */
    static final int NONE = -1;

    static final int BEFORE = -2;

    private static final int KEPT = MarkSet.KEPT.ordinal();

    private final Int2ObjectHashMap<Row> rows = new Int2ObjectHashMap<>();
    private final int[] found = new int[TIMES];

    /** Those of one value. */
    private static final class Row {

        private final long[] leads = new long[Partial.SETS];
        private final DurationSamples[] times = new DurationSamples[TIMES];

        Row() {
            Arrays.setAll(times, i -> new DurationSamples());
        }

        void merge(Row other) {
            for (int set = 0; set < leads.length; set++) {
                leads[set] += other.leads[set];
            }
            for (int i = 0; i < TIMES; i++) {
                times[i].addAll(other.times[i]);
            }
        }

        private long count(MarkSet set) {
            return leads[set.ordinal()];
        }

        AfterMark of(@Nullable String value) {
            return new AfterMark(
                    value,
                    count(MarkSet.KEPT),
                    times[ANSWERED].times(true),
                    times[CONTACTED].times(true),
                    times[WON].times(true),
                    count(MarkSet.EARLIER),
                    count(MarkSet.LATER),
                    count(MarkSet.GAINED));
        }
    }

    /**
     * Finds the moves of a first cycle that end what is measured from its mark: their places, {@link #BEFORE} or {@link #NONE}.
     *
     * @param mark where the first mark is placed
     */
    static void find(Moves moves, long mark, int[] found) {
        Arrays.fill(found, NONE);
        boolean atWork = false;
        for (int i = 0; i < moves.count(); i++) {
            int code = moves.code[i];
            if (code < FactCode.ACCEPTED) {
                continue;
            }
            boolean before = moves.at[i] < mark;
            atWork |= before;
            if (found[ANSWERED] == NONE && !atWork) {
                found[ANSWERED] = i;
            }
            int kind = code == FactCode.CONTACTED ? CONTACTED : WON;
            if ((code == FactCode.CONTACTED || code == FactCode.WON) && found[kind] == NONE) {
                found[kind] = before ? BEFORE : i;
            }
            if (code == FactCode.REJECTED || code == FactCode.LOST) {
                return;
            }
        }
    }

    private Row row(int number) {
        return rows.computeIfAbsent(number, absent -> new Row());
    }

    /**
     * Adds the first cycle of a lead that was folded by its moves.
     *
     * @param marks the candidate's
     */
    void add(int number, int set, Moves moves, MarkList marks) {
        Row row = row(number);
        row.leads[set]++;
        if (set == KEPT && marks.at(0) >= 0) {
            long mark = marks.at(0);
            find(moves, mark, found);
            for (int i = 0; i < TIMES; i++) {
                if (found[i] != NONE) {
                    row.times[i].add(found[i] == BEFORE ? 0 : moves.at[found[i]] - mark);
                }
            }
        }
    }

    /**
     * Adds the first cycle of a lead whose shape is known.
     *
     * @param instants of the lead, as {@link Shapes} numbers them, with the first mark's
     */
    void add(int number, int set, Shapes.Entry marked, long[] instants) {
        Row row = row(number);
        row.leads[set]++;
        if (set == KEPT) {
            long mark = instants[Shapes.MARK];
            for (int i = 0; i < TIMES; i++) {
                int until = marked.afterMark()[i];
                if (until != NONE) {
                    row.times[i].add(instants[until] - mark);
                }
            }
        }
    }

    /** Adds the first cycle of a lead that the plain fold folded. */
    void add(int number, MarkSet set, Cycle.Response response) {
        Row row = row(number);
        row.leads[set.ordinal()]++;
        if (set == MarkSet.KEPT) {
            add(row.times[ANSWERED], response.answered());
            add(row.times[CONTACTED], response.contacted());
            add(row.times[WON], response.won());
        }
    }

    private static void add(DurationSamples times, OptionalLong micros) {
        if (micros.isPresent()) {
            times.add(micros.getAsLong());
        }
    }

    /** Adds the leads of others; these are of no use any more. */
    void merge(AfterMarkTallies others) {
        others.rows.forEachInt((number, other) -> {
            Row mine = rows.putIfAbsent(number, other);
            if (mine != null) {
                mine.merge(other);
            }
        });
    }

    /** The figures for each row of the candidate's funnel. */
    List<AfterMark> rows(List<FunnelRow> funnel, DimensionRows dimension) {
        return funnel.parallelStream()
                .map(row -> {
                    Row known = rows.get(dimension.number(row.value()));
                    return (known == null ? new Row() : known).of(row.value());
                })
                .toList();
    }
}
