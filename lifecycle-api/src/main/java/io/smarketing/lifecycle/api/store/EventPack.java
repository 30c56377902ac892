package io.smarketing.lifecycle.api.store;

import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.event.RecordedCodec.UnreadableRecord;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Fingerprint;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Some events of one lead in few bytes. Activities, which long leads are made of, are spelled out: names by their place in a list, times
 * as differences in microseconds; every other event is the JSON that the store has. A judgement is never packed: it always rests on the
 * whole history, and a void or another policy may change all of it.
 */
final class EventPack {

    /** To be raised with the form, and when the revision of an activity is raised: packs of another version are passed over. */
    private static final int VERSION = 1;

    private static final int JSON = 0;
    private static final int ACTIVITY = 1;

    private EventPack() {}

    static byte[] pack(List<Recorded> events, RecordedCodec codec) {
        PackedOutput output = new PackedOutput().octet(VERSION).unsigned(events.size());
        Names names = new Names();
        long occurred = 0;
        long recorded = 0;
        for (Recorded event : events) {
            Fingerprint fingerprint = event.fingerprint();
            if (!(event.event() instanceof LeadEvent.Activity activity) || fingerprint == null) {
                output.octet(JSON).block(codec.write(event));
                continue;
            }
            output.octet(ACTIVITY);
            names.write(event.eventId().source(), output);
            output.text(event.eventId().id());
            output.signed(micros(event.occurredAt()) - occurred);
            output.signed(micros(event.recordedAt()) - recorded);
            occurred = micros(event.occurredAt());
            recorded = micros(event.recordedAt());
            PolicyRef judgedBy = event.judgedBy();
            names.write(judgedBy == null ? "" : judgedBy.toString(), output);
            UUID uuid = fingerprint.toUuid();
            output.signed(uuid.getMostSignificantBits()).signed(uuid.getLeastSignificantBits());
            names.write(activity.activity(), output);
            output.optionalText(activity.asset());
            output.unsigned(activity.count());
        }
        return output.toByteArray();
    }

    /**
     * What was packed; empty when that was another version.
     *
     * @throws UnreadableRecord if an event in it cannot be read
     */
    static Optional<List<Recorded>> unpack(String leadId, byte[] pack, RecordedCodec codec) throws UnreadableRecord {
        PackedInput input = new PackedInput(pack);
        if (input.octet() != VERSION) {
            return Optional.empty();
        }
        int count = Math.toIntExact(input.unsigned());
        List<Recorded> events = new ArrayList<>(count);
        List<String> names = new ArrayList<>();
        Map<String, PolicyRef> policies = new HashMap<>();
        long occurred = 0;
        long recorded = 0;
        for (int i = 0; i < count; i++) {
            if (input.octet() == JSON) {
                events.add(codec.read(input.block()));
                continue;
            }
            EventId eventId = new EventId(name(input, names), input.text());
            occurred += input.signed();
            recorded += input.signed();
            String judgedBy = name(input, names);
            Fingerprint fingerprint = Fingerprint.of(new UUID(input.signed(), input.signed()));
            LeadEvent.Activity activity =
                    new LeadEvent.Activity(name(input, names), input.optionalText(), Math.toIntExact(input.unsigned()));
            events.add(new Recorded(
                    leadId,
                    eventId,
                    instant(occurred),
                    instant(recorded),
                    activity,
                    judgedBy.isEmpty() ? null : policies.computeIfAbsent(judgedBy, PolicyRef::of),
                    fingerprint));
        }
        return Optional.of(events);
    }

    private static final class Names {

        private final Map<String, Integer> places = new HashMap<>();

        void write(String name, PackedOutput output) {
            Integer place = places.get(name);
            output.unsigned(place == null ? places.size() : place);
            if (place == null) {
                output.text(name);
                places.put(name, places.size());
            }
        }
    }

    private static String name(PackedInput input, List<String> names) {
        int place = Math.toIntExact(input.unsigned());
        if (place == names.size()) {
            names.add(input.text());
        }
        return names.get(place);
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
