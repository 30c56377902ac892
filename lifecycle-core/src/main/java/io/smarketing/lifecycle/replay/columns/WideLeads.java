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

    private final PackedInput input;
    private Slow reason = Slow.BEYOND_WIDTHS;

    WideLeads(Segment segment) {
        input = segment.packed(Layout.WIDE);
    }

    /** Goes through those that stand, as they were known at an instant; without any for all that is known. */
    static void forEach(Segment segment, @Nullable Instant knownAt, BiConsumer<LeadHistory, Slow> take) {
        WideLeads wide = new WideLeads(segment);
        for (int i = 0; i < segment.wideLeads(); i++) {
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
