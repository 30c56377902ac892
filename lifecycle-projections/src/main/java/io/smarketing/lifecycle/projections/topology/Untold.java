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
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which rows of one dimension's value have to be told. */
final class Untold {

    private static final Stage[] STAGES = Stage.values();
    private static final List<Grain> GRAINS = List.of(Grain.DAY, Grain.WEEK, Grain.MONTH);
    private static final int FORM_VERSION = 1;

    private final RowKey row;
    /** The stages that changed, by day; the day's shared metrics changed too. */
    private final TreeMap<LocalDate, EnumSet<Stage>> days = new TreeMap<>();

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
        change.days()
                .days()
                .forEach((day, tally) -> days.computeIfAbsent(day, absent -> EnumSet.noneOf(Stage.class))
                        .addAll(tally.stages()));
    }

    /** Rows of all of time. */
    void addWhole(Set<Stage> stages) {
        whole.addAll(stages);
    }

    /** What stages hold on all days from this one on. */
    void addLater(LocalDate first) {
        later = later == null || first.isBefore(later) ? first : later;
    }

    /** The buckets that were touched, each with the stages that changed in it. */
    Map<Bucket, Set<Stage>> buckets() {
        Map<Bucket, Set<Stage>> buckets = new TreeMap<>();
        days.forEach((day, stages) -> GRAINS.forEach(
                grain -> buckets.computeIfAbsent(grain.bucket(day), absent -> EnumSet.noneOf(Stage.class))
                        .addAll(stages)));
        return buckets;
    }

    Set<Stage> whole() {
        return whole;
    }

    /** The first of the days whose balances are left; null when none is. */
    @Nullable LocalDate later() {
        return later;
    }

    /** All is told but later days. */
    void toldTouched() {
        days.clear();
        whole.clear();
    }

    boolean isTouched() {
        return !days.isEmpty() || !whole.isEmpty();
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
        output.unsigned(days.size());
        days.forEach((day, stages) -> output.signed(day.toEpochDay()).octet(mask(stages)));
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
            LocalDate day = LocalDate.ofEpochDay(input.signed());
            untold.days.put(day, stages(input.octet()));
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
