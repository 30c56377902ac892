package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.funnel.Instants;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.FoldOrder;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Recorded;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.agrona.collections.IntArrayList;
import org.agrona.collections.LongArrayList;
import org.jspecify.annotations.Nullable;

/** Gathers leads and makes a segment of them. Not thread-safe. */
final class SegmentWriter {

    private static final int MICROS_PER_MILLI = 1_000;

    private final RecordedCodec codec = new RecordedCodec();
    private final List<String> names = new ArrayList<>();
    private final LongArrayList captured = new LongArrayList();
    private final IntArrayList flags = new IntArrayList();
    private final Values sources = new Values();
    private final Values campaigns = new Values();
    private final Values personas = new Values();
    private final IntArrayList source = new IntArrayList();
    private final IntArrayList campaign = new IntArrayList();
    private final IntArrayList persona = new IntArrayList();
    private final IntArrayList facts = new IntArrayList();
    private final IntArrayList extra = new IntArrayList();
    private final IntArrayList moves = new IntArrayList();
    private final IntArrayList changes = new IntArrayList();
    private final IntArrayList kinds = new IntArrayList();
    private final StepShapes shapes = new StepShapes();

    private final IntArrayList codes = new IntArrayList();
    private final LongArrayList times = new LongArrayList();
    private final LongArrayList lags = new LongArrayList();
    private final IntArrayList details = new IntArrayList();
    private final LongArrayList stepTimes = new LongArrayList();
    private final IntArrayList stepDetails = new IntArrayList();
    private final IntArrayList sequence = new IntArrayList();
    private final LongArrayList sets = new LongArrayList();
    private final List<IntArrayList> states = new ArrayList<>();
    private int stateRows;

    private final Map<String, Integer> attributes = new HashMap<>();
    private final List<String> attributeNames = new ArrayList<>();
    private final List<Values> values = new ArrayList<>();
    private final Values words = new Values();
    private final Map<LeadEvent.Activity, Integer> activityCodes = new HashMap<>();
    private final List<LeadEvent.Activity> activities = new ArrayList<>();
    private final Map<String, Integer> kindOf = new LinkedHashMap<>();

    private final PackedOutput wide = new PackedOutput();
    private final EnumMap<Slow, Long> wideReasons = new EnumMap<>(Slow.class);
    private long events;
    private long remainders;

    /** How many leads were added. */
    int leads() {
        return names.size()
                + (int) wideReasons.values().stream().mapToLong(Long::longValue).sum();
    }

    void add(LeadHistory history) {
        events += history.entries().size();
        NarrowLead.Outcome outcome = NarrowLead.of(history);
        NarrowLead lead = outcome.lead();
        Slow reason = lead == null ? outcome.reason() : null;
        if (lead != null && !(holdsAttributesOf(lead) && holdsActivitiesOf(lead))) {
            reason = Slow.BEYOND_WIDTHS;
        }
        if (lead != null && reason == null) {
            addNarrow(lead);
        } else if (reason != null) {
            addWide(history, reason);
        }
    }

    private boolean holdsAttributesOf(NarrowLead lead) {
        Set<String> seen =
                new HashSet<>(LeadEvent.attributesOf(lead.opening().event()).keySet());
        lead.facts()
                .forEach(
                        fact -> seen.addAll(LeadEvent.attributesOf(fact.event()).keySet()));
        seen.removeAll(attributes.keySet());
        return attributes.size() + seen.size() <= NarrowLead.MOST_ATTRIBUTES;
    }

    private boolean holdsActivitiesOf(NarrowLead lead) {
        Set<LeadEvent.Activity> seen = new HashSet<>();
        lead.facts().forEach(fact -> kindOf(fact.event()).ifPresent(seen::add));
        lead.extra().forEach(fact -> kindOf(fact.event()).ifPresent(seen::add));
        seen.removeAll(activityCodes.keySet());
        return FactCode.FIRST_ACTIVITY + activities.size() + seen.size() <= Character.MAX_VALUE;
    }

    /** What it is and how often it was done: what one code says. */
    private static Optional<LeadEvent.Activity> kindOf(LeadEvent event) {
        return event instanceof LeadEvent.Activity activity
                ? Optional.of(new LeadEvent.Activity(activity.activity(), null, activity.count()))
                : Optional.empty();
    }

    /** Personal data stays behind: columns have no key to seal it with. */
    private void addWide(LeadHistory history, Slow reason) {
        wideReasons.merge(reason, 1L, Long::sum);
        wide.octet(reason.ordinal())
                .text(history.leadId())
                .unsigned(history.entries().size());
        for (Entry entry : history.entries()) {
            wide.block(codec.write(new Recorded(
                    history.leadId(),
                    entry.eventId(),
                    entry.occurredAt(),
                    entry.recordedAt(),
                    LeadEvent.withoutContact(entry.event()),
                    entry.judgedBy(),
                    null)));
        }
    }

    private void addNarrow(NarrowLead lead) {
        Entry opening = lead.opening();
        LeadEvent.Captured form = (LeadEvent.Captured) opening.event();
        long capture = Instants.micros(opening.occurredAt());
        names.add(lead.leadId());
        captured.addLong(capture);
        remainders |= capture % MICROS_PER_MILLI;
        source.addInt(sources.code(form.source()));
        campaign.addInt(campaigns.code(form.campaign()));
        persona.addInt(personas.code(form.persona()));
        flags.addInt((lead.permuted() ? Layout.PERMUTED : 0)
                | (lead.attributesReordered() ? Layout.ATTRIBUTES_REORDERED : 0)
                | (lead.extra().isEmpty() ? 0 : Layout.VOIDS));
        facts.addInt(lead.facts().size());
        extra.addInt(lead.extra().size());
        addLag(opening);
        Map<String, @Nullable Object> known = LeadEvent.attributesOf(form);
        addState(new HashMap<>(known), known.keySet());
        int changed = 0;
        int moved = 0;
        Map<String, @Nullable Object> state = new HashMap<>(known);
        Map<Integer, Integer> targets = lead.targets();
        StringBuilder steps = new StringBuilder();
        boolean early = false;
        for (int i = 0; i < lead.facts().size() + lead.extra().size(); i++) {
            int inExtra = i - lead.facts().size();
            Entry fact = inExtra < 0 ? lead.facts().get(i) : lead.extra().get(inExtra);
            int code = code(fact.event());
            codes.addInt(code);
            long time = Instants.micros(fact.occurredAt()) - capture;
            times.addLong(time);
            remainders |= time % MICROS_PER_MILLI;
            addLag(fact);
            if (FactCode.isMove(code)) {
                moved++;
                int detail = code == FactCode.VOIDED ? targets.getOrDefault(inExtra, 0) : detail(fact.event());
                details.addInt(detail);
                early |= time < 0;
                if (inExtra < 0 && !FactCode.isMark(code)) {
                    steps.append((char) code);
                    stepTimes.addLong(time);
                    stepDetails.addInt(detail);
                }
            }
            if (FactCode.changesAttributes(code)) {
                changed++;
                Map<String, @Nullable Object> said = new HashMap<>(LeadEvent.attributesOf(fact.event()));
                if (time < 0) {
                    // What occurred before the capture yields to what the capture says.
                    said.keySet().removeAll(known.keySet());
                }
                state.putAll(said);
                addState(state, said.keySet());
            }
        }
        shapes.add(steps, early);
        kinds.addInt(kindsOf(lead));
        moves.addInt(moved);
        changes.addInt(changed);
        if (lead.permuted()) {
            Arrays.stream(lead.sequence()).forEach(sequence::addInt);
        }
    }

    private int kindsOf(NarrowLead lead) {
        int set = 0;
        for (Entry fact : lead.facts()) {
            if (fact.event() instanceof LeadEvent.Activity activity) {
                int kind = kindOf.computeIfAbsent(activity.activity(), name -> kindOf.size());
                set |= 1 << Math.min(kind, Layout.MOST_KINDS - 1);
            }
        }
        return set;
    }

    private void addLag(Entry fact) {
        long lag = Instants.micros(fact.recordedAt()) - Instants.micros(fact.occurredAt());
        lags.addLong(lag);
        remainders |= lag % MICROS_PER_MILLI;
    }

    private void addState(Map<String, @Nullable Object> state, Set<String> said) {
        long mask = 0;
        for (String name : said) {
            mask |= 1L << attribute(name);
        }
        sets.addLong(mask);
        for (int i = 0; i < states.size(); i++) {
            states.get(i).addInt(values.get(i).code(state.get(attributeNames.get(i))));
        }
        stateRows++;
    }

    private int attribute(String name) {
        Integer known = attributes.get(name);
        if (known != null) {
            return known;
        }
        int place = attributeNames.size();
        attributes.put(name, place);
        attributeNames.add(name);
        values.add(new Values());
        IntArrayList column = new IntArrayList();
        for (int i = 0; i < stateRows; i++) {
            column.addInt(0);
        }
        states.add(column);
        return place;
    }

    private int code(LeadEvent event) {
        Optional<LeadEvent.Activity> kind = kindOf(event);
        if (kind.isPresent()) {
            return activityCodes.computeIfAbsent(kind.get(), done -> {
                activities.add(done);
                return FactCode.FIRST_ACTIVITY + activities.size() - 1;
            });
        }
        return FactCode.of(event).orElse(FactCode.VOIDED);
    }

    private int detail(LeadEvent event) {
        if (event instanceof LeadEvent.Accepted accepted) {
            return words.code(accepted.by());
        } else if (event instanceof LeadEvent.Contacted contacted) {
            return words.code(contacted.by());
        }
        return event instanceof LeadEvent.Rejected rejected ? words.code(rejected.reason()) : 0;
    }

    /** The segment's bytes; the leads so far. */
    ByteBuffer image() {
        int n = names.size();
        int[] shape = shapes.codes();
        int[] order = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.<Integer>comparingInt(lead -> facts.getInt(lead) + extra.getInt(lead))
                        .thenComparingInt(lead -> shape[lead])
                        .thenComparing(names::get, FoldOrder::compareUtf8))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] factsFrom = starts(n, lead -> facts.getInt(lead) + extra.getInt(lead));
        int[] movesFrom = starts(n, moves::getInt);
        int[] stepsFrom = starts(n, shapes::steps);
        int[] statesFrom = starts(n, lead -> 1 + changes.getInt(lead));
        int[] lagsFrom = starts(n, lead -> 1 + facts.getInt(lead) + extra.getInt(lead));
        int[] sequenceFrom = starts(n, this::sequenceLength);
        long unit = remainders == 0 ? MICROS_PER_MILLI : 1;
        long base = captured.stream().mapToLong(Long::longValue).min().orElse(0);

        SegmentImage image = new SegmentImage();
        image.times(
                Layout.CAPTURED_LOW,
                Layout.CAPTURED_HIGH,
                Arrays.stream(order)
                        .mapToLong(lead -> (captured.getLong(lead) - base) / unit)
                        .toArray());
        image.codes(Layout.FACTS, each(order, facts));
        image.codes(Layout.EXTRA, each(order, extra));
        image.codes(Layout.MOVES, each(order, moves));
        image.codes(Layout.CHANGES, each(order, changes));
        image.codes(Layout.FLAGS, each(order, flags));
        image.codes(Layout.KINDS, each(order, kinds));
        image.codes(Layout.SHAPE, Arrays.stream(order).map(lead -> shape[lead]).toArray());
        image.codes(Layout.SOURCE, each(order, source));
        image.codes(Layout.CAMPAIGN, each(order, campaign));
        image.codes(Layout.PERSONA, each(order, persona));
        int[] sortedNames = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparing(names::get, FoldOrder::compareUtf8))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] rank = new int[n];
        for (int i = 0; i < n; i++) {
            rank[sortedNames[i]] = i;
        }
        image.codes(Layout.NAME, Arrays.stream(order).map(lead -> rank[lead]).toArray());

        image.codes(Layout.CODES, stream(order, factsFrom, codes));
        image.times(Layout.TIMES_LOW, Layout.TIMES_HIGH, inUnits(stream(order, factsFrom, times), unit));
        image.codes(Layout.DETAILS, stream(order, movesFrom, details));
        IntPredicate told = lead -> shape[lead] != Layout.OTHER_SHAPE;
        int[] withSteps = Arrays.stream(order).filter(told).toArray();
        image.times(Layout.STEPS_LOW, Layout.STEPS_HIGH, inUnits(stream(withSteps, stepsFrom, stepTimes), unit));
        image.codes(Layout.STEP_DETAILS, stream(withSteps, stepsFrom, stepDetails));
        image.wides(Layout.SETS, stream(order, statesFrom, sets));
        for (int i = 0; i < states.size(); i++) {
            image.codes(Layout.STATE + i, stream(order, statesFrom, states.get(i)));
        }
        image.codes(Layout.SEQUENCE, stream(order, sequenceFrom, sequence));
        writeLagsAndChunks(image, order, shape, lagsFrom, unit);
        writeDictionaries(image, sortedNames);
        image.bytes(Layout.WIDE, wide.toByteArray());
        return image.finish(header -> {
            header.put("leads", n);
            header.put("wideLeads", leads() - n);
            header.put("facts", codes.size() + (long) n);
            header.put("events", events);
            header.put("unitMicros", unit);
            header.put("baseMicros", base);
            header.put("states", stateRows);
            attributeNames.forEach(header.putArray("attributes")::add);
        });
    }

    private int sequenceLength(int lead) {
        return (flags.getInt(lead) & Layout.PERMUTED) == 0 ? 0 : facts.getInt(lead) + extra.getInt(lead);
    }

    private interface Length {
        int of(int lead);
    }

    /** Where each lead's part of a stream begins, and where the last ends. */
    private static int[] starts(int leads, Length length) {
        int[] starts = new int[leads + 1];
        for (int lead = 0; lead < leads; lead++) {
            starts[lead + 1] = Math.addExact(starts[lead], length.of(lead));
        }
        return starts;
    }

    private static int[] each(int[] order, IntArrayList column) {
        return Arrays.stream(order).map(column::getInt).toArray();
    }

    /** The parts of some leads, in their order. */
    private static int[] stream(int[] order, int[] from, IntArrayList stream) {
        int[] ordered = new int[stream.size()];
        int next = 0;
        for (int lead : order) {
            for (int i = from[lead]; i < from[lead + 1]; i++) {
                ordered[next++] = stream.getInt(i);
            }
        }
        return Arrays.copyOf(ordered, next);
    }

    private static long[] stream(int[] order, int[] from, LongArrayList stream) {
        long[] ordered = new long[stream.size()];
        int next = 0;
        for (int lead : order) {
            for (int i = from[lead]; i < from[lead + 1]; i++) {
                ordered[next++] = stream.getLong(i);
            }
        }
        return Arrays.copyOf(ordered, next);
    }

    private static long[] inUnits(long[] micros, long unit) {
        return Arrays.stream(micros).map(time -> time / unit).toArray();
    }

    private void writeLagsAndChunks(SegmentImage image, int[] order, int[] shape, int[] lagsFrom, long unit) {
        PackedOutput packed = new PackedOutput();
        LongArrayList chunks = new LongArrayList();
        long[] at = new long[Layout.STREAMS];
        for (int i = 0; i < order.length; i++) {
            int lead = order[i];
            if (i % Layout.CHUNK == 0) {
                at[3] = packed.size();
                Arrays.stream(at).forEach(chunks::addLong);
            }
            for (int j = lagsFrom[lead]; j < lagsFrom[lead + 1]; j++) {
                packed.signed(lags.getLong(j) / unit);
            }
            at[0] += facts.getInt(lead) + extra.getInt(lead);
            at[1] += moves.getInt(lead);
            at[2] += 1 + changes.getInt(lead);
            at[4] += sequenceLength(lead);
            at[5] += shape[lead] == Layout.OTHER_SHAPE ? 0 : shapes.steps(lead);
        }
        image.bytes(Layout.LAGS, packed.toByteArray());
        image.longs(Layout.CHUNKS, chunks.toLongArray());
    }

    private void writeDictionaries(SegmentImage image, int[] sortedNames) {
        image.packed(Layout.VALUES + Layout.SOURCE, sources::write);
        image.packed(Layout.VALUES + Layout.CAMPAIGN, campaigns::write);
        image.packed(Layout.VALUES + Layout.PERSONA, personas::write);
        image.packed(Layout.WORDS, words::write);
        for (int i = 0; i < values.size(); i++) {
            image.packed(Layout.VALUES + i, values.get(i)::write);
        }
        image.packed(Layout.ACTIVITIES, output -> {
            output.unsigned(activities.size());
            activities.forEach(done -> output.text(done.activity()).unsigned(done.count()));
            output.unsigned(kindOf.size());
            kindOf.keySet().forEach(output::text);
        });
        image.packed(Layout.SHAPES, shapes::write);
        image.packed(Layout.NAMES, output -> {
            String before = "";
            for (int lead : sortedNames) {
                String name = names.get(lead);
                int shared = 0;
                int most = Math.min(before.length(), name.length());
                while (shared < most && before.charAt(shared) == name.charAt(shared)) {
                    shared++;
                }
                if (shared > 0 && Character.isHighSurrogate(name.charAt(shared - 1))) {
                    shared--;
                }
                output.unsigned(shared).text(name.substring(shared));
                before = name;
            }
        });
    }
}
