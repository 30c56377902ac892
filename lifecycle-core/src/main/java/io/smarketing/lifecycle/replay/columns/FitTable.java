package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.policy.FitPart;
import io.smarketing.lifecycle.policy.FitResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.agrona.collections.Long2LongHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What rules that read the same attributes give for each combination of values that leads have: asked once a combination. Immutable and
 * thread-safe once made.
 */
final class FitTable {

    /** Stands for the points where a disqualifier holds: whatever is added to it, a threshold is never reached. */
    static final long DISQUALIFIED = -(1L << 54);

    /** Combinations that are looked up by multiplying; beyond, by hashing. */
    private static final long MOST_DENSE = 1 << 20;

    private final @Nullable Codes[] columns;
    private final boolean[] ofLead;
    private final long[] factors;
    private final boolean dense;
    private final Long2LongHashMap places = new Long2LongHashMap(-1);
    private final List<@Nullable FitResult> results = new ArrayList<>();
    private final long[] points;
    private final boolean hasUnknowns;

    /** Whether 64 bits number all combinations that the values allow. */
    static boolean canNumber(FitPart part, Segment segment) {
        long combinations = 1;
        for (String name : part.attributes()) {
            int values = Place.of(name, segment).values().size();
            if (combinations > Long.MAX_VALUE / values) {
                return false;
            }
            combinations *= values;
        }
        return true;
    }

    /** Of a part that {@link #canNumber}. */
    FitTable(FitPart part, Segment segment) {
        List<String> names = part.attributes();
        int size = names.size();
        columns = new Codes[size];
        ofLead = new boolean[size];
        factors = new long[size];
        Values[] values = new Values[size];
        long combinations = 1;
        for (int i = 0; i < size; i++) {
            Place place = Place.of(names.get(i), segment);
            columns[i] = place.column();
            ofLead[i] = place.ofLead();
            values[i] = place.values();
            factors[i] = combinations;
            combinations *= values[i].size();
        }
        dense = combinations <= MOST_DENSE;
        if (size <= 1) {
            // Some attributes have thousands of values, and nothing else can begin before they are asked for.
            results.addAll(IntStream.range(0, (int) combinations)
                    .parallel()
                    .mapToObj(code -> ask(part, names, values, code))
                    .toList());
        } else {
            askExisting(part, names, values, segment, (int) Math.min(combinations, MOST_DENSE));
        }
        points = new long[results.size()];
        boolean unknowns = false;
        for (int i = 0; i < points.length; i++) {
            FitResult result = results.get(i);
            if (result != null) {
                points[i] = result.disqualifier() == null ? result.points() : DISQUALIFIED;
                unknowns |= !result.unknowns().isEmpty();
            }
        }
        hasUnknowns = unknowns;
    }

    private void askExisting(FitPart part, List<String> names, Values[] values, Segment segment, int combinations) {
        if (dense) {
            for (int i = 0; i < combinations; i++) {
                results.add(null);
            }
        }
        Codes changes = segment.column(Layout.CHANGES);
        int state = 0;
        for (int lead = 0; lead < segment.leads(); lead++) {
            int last = state + changes.get(lead);
            for (; state <= last; state++) {
                long number = number(lead, state);
                if (dense) {
                    if (results.get((int) number) == null) {
                        results.set((int) number, ask(part, names, values, number));
                    }
                } else if (places.get(number) < 0) {
                    places.put(number, results.size());
                    results.add(ask(part, names, values, number));
                }
            }
        }
    }

    private FitResult ask(FitPart part, List<String> names, Values[] values, long number) {
        return part.judge(name -> {
            int i = names.indexOf(name);
            return i < 0 ? null : values[i].value((int) (number / factors[i] % values[i].size()));
        });
    }

    private long number(int lead, int state) {
        long number = 0;
        for (int i = 0; i < columns.length; i++) {
            Codes column = columns[i];
            if (column != null) {
                number += factors[i] * column.get(ofLead[i] ? lead : state);
            }
        }
        return number;
    }

    /** Where the combination of values of a lead in a state of its attributes stands. */
    int entry(int lead, int state) {
        long number = number(lead, state);
        return (int) (dense || columns.length == 1 ? number : places.get(number));
    }

    /**
     * Adds the points of each state of the attributes that leads of a chunk have.
     *
     * @param states what they are added to
     */
    void add(Chunk chunk, long[] states) {
        Codes column = columns.length == 1 ? columns[0] : null;
        if (column == null || column.width() == Integer.BYTES) {
            addByNumber(chunk, states);
        } else if (ofLead[0]) {
            char[] codes = chunk.scratch(column, chunk.firstLead(), chunk.leads());
            int[] statesFrom = chunk.statesFrom;
            int state = 0;
            for (int lead = 0; lead < chunk.leads(); lead++) {
                long given = points[codes[lead]];
                for (int end = statesFrom[lead + 1] - statesFrom[0]; state < end; state++) {
                    states[state] += given;
                }
            }
        } else {
            int count = chunk.states();
            char[] codes = chunk.scratch(column, chunk.firstState(), count);
            for (int state = 0; state < count; state++) {
                states[state] += points[codes[state]];
            }
        }
    }

    private void addByNumber(Chunk chunk, long[] states) {
        int[] statesFrom = chunk.statesFrom;
        int state = 0;
        for (int lead = 0; lead < chunk.leads(); lead++) {
            for (int end = statesFrom[lead + 1] - statesFrom[0]; state < end; state++) {
                states[state] += points[entry(chunk.firstLead() + lead, statesFrom[0] + state)];
            }
        }
    }

    /** Whether it reads one column alone. */
    boolean isOfOneColumn() {
        return columns.length == 1 && columns[0] != null;
    }

    /** The one that it reads. */
    Codes column() {
        return Objects.requireNonNull(columns[0]);
    }

    /** Counts the entries of leads in a state of theirs, so many times each. */
    void count(int[] leads, int[] states, int count, int times, long[] counts) {
        Codes column = columns.length == 1 ? columns[0] : null;
        if (column != null) {
            int[] places = ofLead[0] ? leads : states;
            for (int i = 0; i < count; i++) {
                counts[column.get(places[i])] += times;
            }
        } else {
            for (int i = 0; i < count; i++) {
                counts[entry(leads[i], states[i])] += times;
            }
        }
    }

    int entries() {
        return points.length;
    }

    /** Whether both give the same for every lead of the segment that they were made for. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FitTable that
                && Arrays.equals(columns, that.columns)
                && Arrays.equals(ofLead, that.ofLead)
                && Arrays.equals(points, that.points);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(points);
    }

    boolean hasUnknowns() {
        return hasUnknowns;
    }

    /** By rule, the attributes that left it undecided. */
    Map<String, Set<String>> unknowns(int entry) {
        FitResult result = results.get(entry);
        return result == null ? Map.of() : result.unknowns();
    }

    /**
     * Where an attribute stands.
     *
     * @param column null when no lead of the segment has it
     */
    record Place(@Nullable Codes column, boolean ofLead, Values values) {

        static Place of(String name, Segment segment) {
            return switch (name) {
                case "source" -> new Place(segment.column(Layout.SOURCE), true, segment.sources());
                case "campaign" -> new Place(segment.column(Layout.CAMPAIGN), true, segment.campaigns());
                case "persona" -> new Place(segment.column(Layout.PERSONA), true, segment.personas());
                default -> {
                    int attribute = segment.attributes().indexOf(name);
                    yield attribute < 0
                            ? new Place(null, false, new Values())
                            : new Place(segment.column(Layout.STATE + attribute), false, segment.values(attribute));
                }
            };
        }
    }
}
