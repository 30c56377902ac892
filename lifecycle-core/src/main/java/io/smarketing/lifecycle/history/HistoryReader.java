package io.smarketing.lifecycle.history;

import io.smarketing.lifecycle.event.Arrival;
import io.smarketing.lifecycle.event.CloudEventCodec;
import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Fingerprint;
import io.smarketing.lifecycle.lead.LeadEvent;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes CloudEvents, one per line, in the order of arrival. The first event under a source and id is stored, the same again
 * is a duplicate, another under the same name is refused. Facts wait for their lead's capture without limit. Not thread-safe.
 */
public final class HistoryReader {

    private final CloudEventCodec codec = new CloudEventCodec();
    private final Instant now;
    private final Consumer<RefusedLine> refusedLines;
    private final Map<EventId, Fingerprint> stored = new HashMap<>();
    private final Map<String, List<Arrival>> arrivals = new HashMap<>();
    private final Map<String, String> emitters = new HashMap<>();
    private final TreeMap<String, Long> refusedByCode = new TreeMap<>();
    private long events;
    private long duplicates;

    /**
     * Begins an empty history.
     *
     * @param now the clock's reading, against events from the future
     * @param refusedLines is told of every line that is not taken, and may throw to stop the reading
     */
    public HistoryReader(Instant now, Consumer<RefusedLine> refusedLines) {
        this.now = now;
        this.refusedLines = refusedLines;
    }

    /**
     * Reads a file to its end; may be called for several files in turn.
     *
     * @param progress is told of the number of bytes read since it was last told
     */
    public void read(String file, InputStream in, Consumer<Long> progress) throws IOException {
        Lines.forEach(in, this::decode, decoded -> take(file, decoded), progress);
    }

    private record Decoded(
            long line, @Nullable Arrival arrival, @Nullable Refusal refusal) {}

    private Decoded decode(Lines.Line line) {
        try {
            return new Decoded(line.number(), codec.decode(line.bytes(), 0, line.length(), now), null);
        } catch (Refusal refusal) {
            return new Decoded(line.number(), null, refusal);
        }
    }

    private void take(String file, Decoded decoded) {
        events++;
        Refusal refusal = decoded.refusal();
        Arrival arrival = decoded.arrival();
        if (arrival != null) {
            refusal = store(arrival);
        }
        if (refusal != null) {
            refusedByCode.merge(refusal.code(), 1L, Long::sum);
            refusedLines.accept(new RefusedLine(file, decoded.line(), refusal));
        }
    }

    private @Nullable Refusal store(Arrival arrival) {
        Fingerprint first = stored.putIfAbsent(arrival.eventId(), arrival.fingerprint());
        if (first == null) {
            arrivals.computeIfAbsent(arrival.leadId(), leadId -> new ArrayList<>(4))
                    .add(shared(arrival));
            return null;
        }
        if (first.equals(arrival.fingerprint())) {
            duplicates++;
            return null;
        }
        return new Refusal(
                "conflicting-duplicate",
                "id",
                "source '%s' has sent an event with the id '%s' and other content before"
                        .formatted(arrival.eventId().source(), arrival.eventId().id()),
                "give a new event a new id; to correct the first, void it");
    }

    /** There are few emitters: their names are kept once. */
    private Arrival shared(Arrival arrival) {
        EventId eventId = arrival.eventId();
        String emitter = emitters.computeIfAbsent(eventId.source(), source -> source);
        return new Arrival(
                arrival.leadId(),
                new EventId(emitter, eventId.id()),
                arrival.occurredAt(),
                arrival.recordedTime(),
                arrival.event(),
                arrival.fingerprint());
    }

    /** All that was read. */
    public History history() {
        long unknownLead = 0;
        long captured = 0;
        for (List<Arrival> lead : arrivals.values()) {
            if (lead.stream().anyMatch(arrival -> arrival.event() instanceof LeadEvent.Captured)) {
                captured += lead.size();
            } else {
                unknownLead += lead.size();
            }
        }
        return new History(
                arrivals, new IntakeCounts(events, captured, duplicates, unknownLead, new TreeMap<>(refusedByCode)));
    }
}
