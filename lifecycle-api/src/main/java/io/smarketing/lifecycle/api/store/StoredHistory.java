package io.smarketing.lifecycle.api.store;

import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.event.RecordedCodec.UnreadableRecord;
import io.smarketing.lifecycle.lead.Recorded;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What the store has of one lead, in sequence, read when it is asked for. */
final class StoredHistory {

    private final String leadId;
    private final List<Recorded> packed = new ArrayList<>();
    private final List<String> payloads = new ArrayList<>();

    StoredHistory(String leadId) {
        this.leadId = leadId;
    }

    String leadId() {
        return leadId;
    }

    /** The sequence of the next event. */
    int size() {
        return packed.size() + payloads.size();
    }

    boolean isEmpty() {
        return size() == 0;
    }

    /** Takes the next events; packs go before what is not packed. */
    void addPacked(List<Recorded> events) {
        packed.addAll(events);
    }

    void add(String payload) {
        payloads.add(payload);
    }

    /**
     * All of it.
     *
     * @throws IllegalStateException if an event cannot be read
     */
    List<Recorded> events(RecordedCodec codec) {
        List<Recorded> events = new ArrayList<>(packed);
        for (String payload : payloads) {
            try {
                events.add(codec.read(payload.getBytes(StandardCharsets.UTF_8)));
            } catch (UnreadableRecord e) {
                throw new IllegalStateException(
                        "the event %d of the lead %s cannot be read: %s"
                                .formatted(events.size(), leadId, e.getMessage()),
                        e);
            }
        }
        return events;
    }
}
