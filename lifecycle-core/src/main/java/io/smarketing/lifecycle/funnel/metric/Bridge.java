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
import java.time.LocalDate;
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
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
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
        List<MetricCube> states = states(leadId, known);
        if (states.stream().allMatch(state -> state == states.get(0))) {
            unchanged.merge(states.get(0));
        } else {
            changed.put(leadId, states);
        }
    }

    /** A lead before anything is let in and after each cause; the very same where a cause changed nothing. */
    private List<MetricCube> states(String leadId, List<Entry> known) {
        List<MetricCube> states = new ArrayList<>();
        MetricCube last = cube(leadId, upTo(null, known), before);
        states.add(last);
        for (Cause cause : Cause.values()) {
            boolean concerned = cause == Cause.RULE
                    ? !sameRule
                    : known.stream().anyMatch(entry -> isNew(entry) && Cause.of(entry, before.knownAt()) == cause);
            if (concerned) {
                MetricCube next = cube(leadId, upTo(cause, known), cause == Cause.RULE ? after : before);
                last = next.holdsTheSame(last) ? last : next;
            }
            states.add(last);
        }
        return states;
    }

    private boolean isNew(Entry entry) {
        return entry.recordedAt().isAfter(before.knownAt());
    }

    private List<Entry> upTo(@Nullable Cause last, List<Entry> known) {
        return known.stream()
                .filter(entry -> !isNew(entry)
                        || (last != null && Cause.of(entry, before.knownAt()).compareTo(last) <= 0))
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
     * The whole numbers of a metric that are not what they were; but for the start of a bucket, which is the end of the one before.
     *
     * @param bucket the only one to tell of; null for all of the grain
     */
    public List<Change> changes(Metric metric, Grain grain, @Nullable Bucket bucket, List<Duration> horizons) {
        LocalDate first = days(MetricCube::firstDay).min(LocalDate::compareTo).orElse(LocalDate.EPOCH);
        LocalDate last = Stream.concat(
                        days(MetricCube::lastDay), Stream.of(Bucket.dayOf(after.asOf(), definition.zone())))
                .max(LocalDate::compareTo)
                .orElse(first);
        Reading then = new Reading(grain, definition, before.asOf(), first, last, horizons);
        Reading now = new Reading(grain, definition, after.asOf(), first, last, horizons);
        MetricCube whole = new MetricCube(dimension, definition).merge(unchanged);
        changed.values().forEach(states -> whole.merge(states.get(0)));
        List<Map<Key, Long>> states = new ArrayList<>();
        states.add(numbers(whole, metric, then, bucket));
        for (Cause cause : Cause.values()) {
            int place = cause.ordinal() + 1;
            boolean same = true;
            for (List<MetricCube> lead : changed.values()) {
                if (lead.get(place) != lead.get(place - 1)) {
                    whole.merge(lead.get(place)).retract(lead.get(place - 1));
                    same = false;
                }
            }
            states.add(
                    same && cause != Cause.TIME
                            ? states.get(place - 1)
                            : numbers(whole, metric, cause == Cause.TIME ? now : then, bucket));
        }
        return changes(states, leads(metric, then, bucket));
    }

    private Stream<LocalDate> days(Function<MetricCube, Optional<LocalDate>> edge) {
        return Stream.concat(Stream.of(unchanged), changed.values().stream().flatMap(List::stream))
                .map(edge)
                .flatMap(Optional::stream);
    }

    private static Map<Key, Long> numbers(MetricCube cube, Metric metric, Reading reading, @Nullable Bucket bucket) {
        Map<Key, Long> numbers = new LinkedHashMap<>();
        for (MetricCube.ValueRow row : cube.rows(metric, reading)) {
            Bucket ofRow = row.row().bucket();
            if (bucket == null || bucket.equals(ofRow)) {
                row.row().figures().forEach((figure, number) -> {
                    if (number instanceof Long whole && !figure.equals(Flow.START)) {
                        numbers.put(new Key(row.value(), ofRow, row.row().parts(), figure), whole);
                    }
                });
            }
        }
        return numbers;
    }

    private Map<Key, Map<Cause, Map<String, Long>>> leads(Metric metric, Reading reading, @Nullable Bucket bucket) {
        Map<Key, Map<Cause, Map<String, Long>>> leads = new LinkedHashMap<>();
        changed.forEach((leadId, states) -> {
            Map<Key, Long> last = ofLead(states.get(0), metric, reading, bucket);
            for (Cause cause : Cause.values()) {
                int place = cause.ordinal() + 1;
                if (states.get(place) != states.get(place - 1)) {
                    Map<Key, Long> next = ofLead(states.get(place), metric, reading, bucket);
                    Map<Key, Long> previous = last;
                    for (Key key : both(previous, next)) {
                        long change = next.getOrDefault(key, 0L) - previous.getOrDefault(key, 0L);
                        if (change != 0) {
                            leads.computeIfAbsent(key, absent -> new EnumMap<>(Cause.class))
                                    .computeIfAbsent(cause, absent -> new TreeMap<>())
                                    .put(leadId, change);
                        }
                    }
                    last = next;
                }
            }
        });
        return leads;
    }

    /** Nothing can be told of a lead before its own first day. */
    private static Map<Key, Long> ofLead(MetricCube lead, Metric metric, Reading reading, @Nullable Bucket bucket) {
        LocalDate first = lead.firstDay().orElse(reading.last());
        Map<Key, Long> numbers = numbers(lead, metric, reading.of(first, reading.last()), bucket);
        numbers.values().removeIf(number -> number == 0);
        return numbers;
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
