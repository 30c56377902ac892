package io.smarketing.lifecycle.history;

import io.smarketing.lifecycle.event.CloudEventCodec;
import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.FoldOrder;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Recorded;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes what an engine has stored, verdicts with the policy that made them among it: an event a line, a lead's events in sequence. What
 * is told twice, as a topic may, is taken once. Not thread-safe.
 */
public final class RecordedReader {

    private final RecordedCodec codec = new RecordedCodec();
    private final Map<String, Map<EventId, Recorded>> leads = new TreeMap<>(FoldOrder::compareUtf8);
    private final Consumer<Unreadable> unreadable;
    private long events;

    /**
     * A line that no engine wrote, or that was damaged since.
     *
     * @param line its number, from 1
     */
    public record Unreadable(String file, long line, String reason) {

        @Override
        public String toString() {
            return "%s:%d: no stored event: %s".formatted(file, line, reason);
        }
    }

    /** Begins with nothing; every line that cannot be read is told. */
    public RecordedReader(Consumer<Unreadable> unreadable) {
        this.unreadable = unreadable;
    }

    private record Decoded(
            long line,
            @Nullable Recorded recorded,
            @Nullable String reason) {}

    /**
     * Reads a file to its end; may be called for several files in turn.
     *
     * @param progress is told of the number of bytes read since it was last told
     */
    public void read(String file, InputStream in, Consumer<Long> progress) throws IOException {
        Lines.forEach(in, this::decode, decoded -> take(file, decoded), progress);
    }

    private Decoded decode(Lines.Line line) {
        if (line.isTooLong()) {
            return new Decoded(line.number(), null, "it has more than %,d bytes".formatted(CloudEventCodec.MOST_BYTES));
        }
        try {
            Recorded recorded = codec.read(line.bytes());
            return recorded.leadId().isEmpty()
                    ? new Decoded(line.number(), null, "'subject' is missing, which names the lead")
                    : new Decoded(line.number(), recorded, null);
        } catch (RecordedCodec.UnreadableRecord e) {
            return new Decoded(line.number(), null, e.getMessage());
        }
    }

    private void take(String file, Decoded decoded) {
        events++;
        Recorded recorded = decoded.recorded();
        String reason = decoded.reason();
        if (recorded != null) {
            Recorded before = leads.computeIfAbsent(recorded.leadId(), lead -> new LinkedHashMap<>())
                    .putIfAbsent(recorded.eventId(), recorded);
            if (before == null || before.equals(recorded)) {
                return;
            }
            reason = "another event with this source and id is there before it";
        }
        unreadable.accept(new Unreadable(file, decoded.line(), String.valueOf(reason)));
    }

    /** Lines that were read. */
    public long events() {
        return events;
    }

    /** All that was read, in the order of the leads' ids. */
    public List<LeadHistory> leads() {
        List<LeadHistory> histories = new ArrayList<>(leads.size());
        leads.forEach((lead, recorded) -> {
            List<Entry> entries = new ArrayList<>(recorded.size());
            recorded.values().forEach(event -> entries.add(event.entry(entries.size())));
            histories.add(new LeadHistory(lead, entries));
        });
        return histories;
    }
}
