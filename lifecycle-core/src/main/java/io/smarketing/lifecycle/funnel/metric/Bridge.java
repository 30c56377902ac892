package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Why figures are others than they were: between what was known at two instants, or under two rules. What came in between is let in
 * cause by cause, always in the same order, and everything is folded anew after each; a cause's share is what changed then. So the
 * shares add up to the whole difference, whatever the metric. A fact that came and was voided in between has no share. Not thread-safe.
 */
public final class Bridge {

    /** What can change a figure, in the order in which it is let in. */
    public enum Cause {
        /** Facts that were known were voided. */
        VOIDS,
        /** Attributes came or changed: the lead counts for another value, or is judged otherwise. */
        ENRICHMENTS,
        /** Marks of what had occurred by the earlier instant. */
        MARKS,
        /** Other facts that had occurred by the earlier instant and were recorded after it. */
        LATE_FACTS,
        /** What occurred since. */
        NEW_FACTS,
        /** Leads are judged by another rule. */
        RULE,
        /** Open visits have become older, and windows have elapsed. */
        TIME;

        /** As JSON names it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private static Cause of(Entry entry, Instant earlier) {
            if (entry.event() instanceof LeadEvent.Voided) {
                return VOIDS;
            } else if (entry.event() instanceof LeadEvent.Enriched) {
                return ENRICHMENTS;
            } else if (entry.occurredAt().isAfter(earlier)) {
                return NEW_FACTS;
            }
            return entry.event() instanceof LeadEvent.MarkedMql ? MARKS : LATE_FACTS;
        }
    }

    /**
     * One of the two ends.
     *
     * @param knownAt what was recorded later is not there
     * @param asOf the instant at which ages and windows are looked at
     * @param judge null where the marks of the history count
     */
    public record Side(
            Instant knownAt, Instant asOf, @Nullable Judge judge) {

        private Optional<LeadFold> fold(LeadHistory history) {
            return LeadFold.of(
                    history,
                    judge == null ? Marks.recorded() : judge.judge(history).marks());
        }
    }

    /**
     * A figure and what became of it. Only figures that changed are told.
     *
     * @param before 0 where there was no such row
     * @param shares by cause, without those that changed nothing; they add up to {@code after − before}
     */
    public record Change(
            @Nullable String value,
            Bucket bucket,
            Map<String, String> parts,
            String figure,
            long before,
            long after,
            Map<Cause, Share> shares) {}

    /**
     * What a cause has done to a figure.
     *
     * @param leads by id, what each of them added or took away, without those that did neither; none for time, which passes for all
     */
    public record Share(long change, Map<String, Long> leads) {}

    private record Key(@Nullable String value, Bucket bucket, Map<String, String> parts, String figure) {}

    private final Dimension dimension;
    private final MetricDefinition definition;
    private final Side before;
    private final Side after;
    private final Predicate<LeadFold> selection;
    private final boolean sameRule;
    /** Leads that are alike on both sides. */
    private final MetricCube unchanged;
    /** The others, as they were and then as each cause left them. */
    private final Map<String, List<MetricCube>> changed = new LinkedHashMap<>();

    /**
     * Begins without leads.
     *
     * @param sameRule whether both sides judge alike
     * @param selection leads by what does not depend on a policy
     */
    public Bridge(
            Dimension dimension,
            MetricDefinition definition,
            Side before,
            Side after,
            boolean sameRule,
            Predicate<LeadFold> selection) {
        this.dimension = dimension;
        this.definition = definition;
        this.before = before;
        this.after = after;
        this.sameRule = sameRule;
        this.selection = selection;
        this.unchanged = new MetricCube(dimension, definition);
    }

    /**
     * Adds a lead.
     *
     * @param arrived all that is stored of it, in order of arrival
     */
    public void add(String leadId, List<Entry> arrived) {
        List<Entry> known = arrived.stream()
                .filter(entry -> !entry.recordedAt().isAfter(after.knownAt()))
                .toList();
        boolean nothingNew = known.stream().noneMatch(this::isNew);
        if (nothingNew && sameRule) {
            fold(leadId, known, before).ifPresent(unchanged::add);
            return;
        }
        List<MetricCube> states = new ArrayList<>();
        states.add(cube(leadId, known.stream().filter(entry -> !isNew(entry)).toList(), before));
        for (Cause cause : Cause.values()) {
            states.add(
                    cause == Cause.RULE
                            ? cube(leadId, known, after)
                            : cause == Cause.TIME
                                    ? states.get(states.size() - 1)
                                    : cube(leadId, upTo(cause, known), before));
        }
        changed.put(leadId, states);
    }

    private boolean isNew(Entry entry) {
        return entry.recordedAt().isAfter(before.knownAt());
    }

    private List<Entry> upTo(Cause last, List<Entry> known) {
        return known.stream()
                .filter(entry ->
                        !isNew(entry) || Cause.of(entry, before.knownAt()).compareTo(last) <= 0)
                .toList();
    }

    private Optional<LeadFold> fold(String leadId, List<Entry> arrived, Side side) {
        return LeadHistory.released(leadId, arrived).flatMap(side::fold).filter(selection);
    }

    private MetricCube cube(String leadId, List<Entry> arrived, Side side) {
        MetricCube cube = new MetricCube(dimension, definition);
        fold(leadId, arrived, side).ifPresent(cube::add);
        return cube;
    }

    /**
     * The whole numbers of a metric that are not what they were.
     *
     * @param bucket the only one to tell of; null for all of the grain
     */
    public List<Change> changes(Metric metric, Grain grain, @Nullable Bucket bucket, List<Duration> horizons) {
        List<MetricCube> wholes = new ArrayList<>();
        for (int state = 0; state <= Cause.values().length; state++) {
            MetricCube whole = new MetricCube(dimension, definition).merge(unchanged);
            int place = state;
            changed.values().forEach(states -> whole.merge(states.get(place)));
            wholes.add(whole);
        }
        MetricCube everything = new MetricCube(dimension, definition);
        wholes.forEach(everything::merge);
        Reading then = everything.reading(grain, before.asOf(), horizons);
        Reading now = everything.reading(grain, after.asOf(), horizons);
        // Both tell of the same days, also where only one of the two instants lies beyond the last fact.
        then = then.upTo(now.last());
        List<Map<Key, Long>> states = new ArrayList<>();
        for (int state = 0; state < wholes.size(); state++) {
            states.add(numbers(wholes.get(state), metric, reading(state, then, now), bucket));
        }
        Map<Key, Map<Cause, Map<String, Long>>> leads = leads(metric, then, now, bucket);
        return changes(states, leads);
    }

    /** Only the last cause lets time pass. */
    private static Reading reading(int state, Reading then, Reading now) {
        return state <= Cause.TIME.ordinal() ? then : now;
    }

    private static Map<Key, Long> numbers(MetricCube cube, Metric metric, Reading reading, @Nullable Bucket bucket) {
        Map<Key, Long> numbers = new LinkedHashMap<>();
        for (MetricCube.ValueRow row : cube.rows(metric, reading)) {
            if (bucket == null || bucket.equals(row.row().bucket())) {
                row.row().figures().forEach((figure, number) -> {
                    if (number instanceof Long whole) {
                        numbers.put(
                                new Key(
                                        row.value(),
                                        row.row().bucket(),
                                        row.row().parts(),
                                        figure),
                                whole);
                    }
                });
            }
        }
        return numbers;
    }

    private Map<Key, Map<Cause, Map<String, Long>>> leads(
            Metric metric, Reading then, Reading now, @Nullable Bucket bucket) {
        Map<Key, Map<Cause, Map<String, Long>>> leads = new LinkedHashMap<>();
        changed.forEach((leadId, states) -> {
            Map<Key, Long> last = numbers(states.get(0), metric, then, bucket);
            for (Cause cause : Cause.values()) {
                int state = cause.ordinal() + 1;
                Map<Key, Long> next = numbers(states.get(state), metric, reading(state, then, now), bucket);
                Map<Key, Long> previous = last;
                for (Key key : both(previous, next)) {
                    long change = next.getOrDefault(key, 0L) - previous.getOrDefault(key, 0L);
                    if (change != 0 && cause != Cause.TIME) {
                        leads.computeIfAbsent(key, absent -> new EnumMap<>(Cause.class))
                                .computeIfAbsent(cause, absent -> new TreeMap<>())
                                .put(leadId, change);
                    }
                }
                last = next;
            }
        });
        return leads;
    }

    private static Set<Key> both(Map<Key, Long> one, Map<Key, Long> other) {
        Set<Key> keys = new LinkedHashSet<>(one.keySet());
        keys.addAll(other.keySet());
        return keys;
    }

    private static List<Change> changes(List<Map<Key, Long>> states, Map<Key, Map<Cause, Map<String, Long>>> leads) {
        Map<Key, Long> first = states.get(0);
        Map<Key, Long> last = states.get(states.size() - 1);
        Set<Key> keys = new LinkedHashSet<>();
        states.forEach(state -> keys.addAll(state.keySet()));
        List<Change> changes = new ArrayList<>();
        for (Key key : keys) {
            Map<Cause, Share> shares = new EnumMap<>(Cause.class);
            for (Cause cause : Cause.values()) {
                long change = states.get(cause.ordinal() + 1).getOrDefault(key, 0L)
                        - states.get(cause.ordinal()).getOrDefault(key, 0L);
                Map<String, Long> ofLeads = leads.getOrDefault(key, Map.of()).getOrDefault(cause, Map.of());
                if (change != 0 || !ofLeads.isEmpty()) {
                    shares.put(cause, new Share(change, ofLeads));
                }
            }
            if (!shares.isEmpty()) {
                changes.add(new Change(
                        key.value(),
                        key.bucket(),
                        key.parts(),
                        key.figure(),
                        first.getOrDefault(key, 0L),
                        last.getOrDefault(key, 0L),
                        shares));
            }
        }
        return changes;
    }
}
