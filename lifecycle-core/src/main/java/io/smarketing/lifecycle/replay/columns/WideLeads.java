package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Recorded;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Goes through a segment's leads that are stored as events. Not thread-safe. */
final class WideLeads {

    private static final RecordedCodec CODEC = new RecordedCodec();

    /** So many are judged at a time. */
    static final int PORTION = 256;

    private final PackedInput input;
    private Slow reason = Slow.BEYOND_WIDTHS;

    WideLeads(Segment segment) {
        this(segment.packed(Layout.WIDE));
    }

    private WideLeads(PackedInput input) {
        this.input = input;
    }

    /** How many portions there are. */
    static int portions(Segment segment) {
        return (segment.wideLeads() + PORTION - 1) / PORTION;
    }

    /** Where each portion begins, and where the last ends, among the column's bytes. */
    static int[] places(Segment segment) {
        WideLeads wide = new WideLeads(segment);
        int[] places = new int[portions(segment) + 1];
        for (int i = 0; i < segment.wideLeads(); i++) {
            wide.passOver();
            places[i / PORTION + 1] = wide.input.position();
        }
        return places;
    }

    /** Goes through those that stand, as they were known at an instant; without any for all that is known. */
    static void forEach(Segment segment, @Nullable Instant knownAt, BiConsumer<LeadHistory, Slow> take) {
        for (int portion = 0; portion < portions(segment); portion++) {
            forEach(segment, portion, knownAt, take);
        }
    }

    /** The same for a portion of them. */
    static void forEach(Segment segment, int portion, @Nullable Instant knownAt, BiConsumer<LeadHistory, Slow> take) {
        int[] places = segment.widePlaces();
        WideLeads wide = new WideLeads(segment.packed(Layout.WIDE, places[portion], places[portion + 1]));
        int end = Math.min(segment.wideLeads(), (portion + 1) * PORTION);
        for (int i = portion * PORTION; i < end; i++) {
            LeadHistory lead = wide.next();
            if (segment.stands(segment.leads() + i)) {
                known(lead, knownAt).ifPresent(known -> take.accept(known, wide.reason));
            }
        }
    }

    private static Optional<LeadHistory> known(LeadHistory lead, @Nullable Instant knownAt) {
        return knownAt == null
                ? Optional.of(lead)
                : LeadHistory.released(lead.leadId(), lead.knownAt(knownAt).entries());
    }

    /** The next lead; there has to be one. */
    LeadHistory next() {
        reason = Slow.values()[input.octet()];
        String leadId = input.text();
        List<Entry> entries = new ArrayList<>();
        for (long left = input.unsigned(); left > 0; left--) {
            try {
                Recorded recorded = CODEC.read(input.block());
                entries.add(recorded.entry(entries.size()));
            } catch (RecordedCodec.UnreadableRecord e) {
                throw new IllegalStateException("an event of the lead %s in the columns".formatted(leadId), e);
            }
        }
        return new LeadHistory(leadId, entries);
    }

    /** Goes past the next lead; its id. */
    String passOver() {
        input.octet();
        String leadId = input.text();
        for (long left = input.unsigned(); left > 0; left--) {
            input.block();
        }
        return leadId;
    }
}
