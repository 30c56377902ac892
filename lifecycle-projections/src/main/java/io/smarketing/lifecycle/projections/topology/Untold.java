package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.lead.Stage;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which rows of one dimension's value have to be told. */
final class Untold {

    private static final Stage[] STAGES = Stage.values();
    private static final List<Grain> GRAINS = List.of(Grain.DAY, Grain.WEEK, Grain.MONTH);
    private static final int FORM_VERSION = 1;

    private final RowKey row;
    /** The stages that changed, by day, week and month; its shared metrics changed too. */
    private final TreeMap<Bucket, EnumSet<Stage>> buckets = new TreeMap<>();

    /** The stages that changed in all of time. */
    private final EnumSet<Stage> whole = EnumSet.noneOf(Stage.class);

    private @Nullable LocalDate later;

    Untold(RowKey row) {
        this.row = row;
    }

    RowKey row() {
        return row;
    }

    /** What a change touches. */
    void add(MetricChange change) {
        change.days().days().forEach((day, tally) -> {
            Set<Stage> stages = tally.stages();
            GRAINS.forEach(grain -> buckets.computeIfAbsent(grain.bucket(day), absent -> EnumSet.noneOf(Stage.class))
                    .addAll(stages));
        });
    }

    /** Rows of all of time. */
    void addWhole(Set<Stage> stages) {
        whole.addAll(stages);
    }

    /** What stages hold on all days from this one on. */
    void addLater(LocalDate first) {
        later = later == null || first.isBefore(later) ? first : later;
    }

    /** The first bucket behind one, or of all, that was touched; null when there is none. */
    @Nullable Bucket next(@Nullable Bucket told) {
        if (told != null) {
            return buckets.higherKey(told);
        }
        return buckets.isEmpty() ? null : buckets.firstKey();
    }

    /** Takes a bucket out, and returns the stages that changed in it. */
    Set<Stage> take(Bucket bucket) {
        Set<Stage> stages = buckets.remove(bucket);
        return stages == null ? Set.of() : stages;
    }

    Set<Stage> whole() {
        return whole;
    }

    /** The first of the days whose balances are left; null when none is. */
    @Nullable LocalDate later() {
        return later;
    }

    void toldWhole() {
        whole.clear();
    }

    boolean isTouched() {
        return !buckets.isEmpty() || !whole.isEmpty();
    }

    /** @param next null when there are none behind those that were told */
    void toldLater(@Nullable LocalDate next) {
        later = next;
    }

    byte[] write() {
        PackedOutput output = new PackedOutput().octet(FORM_VERSION);
        row.write(output);
        output.octet(mask(whole)).octet(later == null ? 0 : 1);
        if (later != null) {
            output.signed(later.toEpochDay());
        }
        output.unsigned(buckets.size());
        buckets.forEach((bucket, stages) -> output.octet(GRAINS.indexOf(bucket.grain()))
                .signed(bucket.first().toEpochDay())
                .octet(mask(stages)));
        return output.toByteArray();
    }

    static Untold read(byte[] packed) {
        PackedInput input = new PackedInput(packed);
        int version = input.octet();
        if (version != FORM_VERSION) {
            throw new IllegalStateException(
                    "untold rows of form %d, this program reads form %d".formatted(version, FORM_VERSION));
        }
        Untold untold = new Untold(RowKey.read(input));
        untold.whole.addAll(stages(input.octet()));
        if (input.octet() == 1) {
            untold.later = LocalDate.ofEpochDay(input.signed());
        }
        for (long left = input.unsigned(); left > 0; left--) {
            Grain grain = GRAINS.get(input.octet());
            Bucket bucket = new Bucket(grain, LocalDate.ofEpochDay(input.signed()));
            untold.buckets.put(bucket, stages(input.octet()));
        }
        return untold;
    }

    /** A bit for each stage: what {@link #stages} reads. */
    static int mask(Set<Stage> stages) {
        int mask = 0;
        for (Stage stage : stages) {
            mask |= 1 << stage.ordinal();
        }
        return mask;
    }

    static EnumSet<Stage> stages(int mask) {
        EnumSet<Stage> stages = EnumSet.noneOf(Stage.class);
        Arrays.stream(STAGES)
                .filter(stage -> (mask & 1 << stage.ordinal()) != 0)
                .forEach(stages::add);
        return stages;
    }
}
