package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.funnel.FunnelTally;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the topology keeps of a lead. The packed form begins with what every event changes, in fixed width, so that an
 * activity need not unpack the rest.
 *
 * @param progress how far the lead is known
 * @param counted what stands in the rows for this lead; null when it is in none. To be retracted as it was added, even by a program
 *     that folds otherwise
 * @param entries packed, one behind the other: what bears on the fold
 */
record LeadState(
        Progress progress,
        @Nullable String score,
        @Nullable String disqualified,
        @Nullable Counted counted,
        byte[] entries) {

    private static final int FORM_VERSION = 2;
    /** So much is kept of a lead; with one event more it is still a record that topics take. */
    static final int MOST_BYTES = 28 << 20;

    private static final int PROGRESS_BYTES = 3 * Long.BYTES;

    /**
     * How far events are known: the greatest of each.
     *
     * @param sequence -1 before the first event
     */
    record Progress(long sequence, long position, Instant asOf) {

        static final Progress NONE = new Progress(-1, -1, Instant.EPOCH);

        Progress with(LogRecord event) {
            return new Progress(
                    event.sequence(),
                    Math.max(position, event.position()),
                    asOf.isAfter(event.recordedAt()) ? asOf : event.recordedAt());
        }

        static Progress of(byte[] packed) {
            ByteBuffer buffer = ByteBuffer.wrap(packed, 1, PROGRESS_BYTES);
            return new Progress(buffer.getLong(), buffer.getLong(), PackedEntry.instant(buffer.getLong()));
        }

        private void putInto(byte[] packed) {
            ByteBuffer.wrap(packed, 1, PROGRESS_BYTES)
                    .putLong(sequence)
                    .putLong(position)
                    .putLong(PackedEntry.micros(asOf));
        }
    }

    /** A lead as it stands in the rows. */
    record Counted(LeadStanding standing, FunnelTally tally) {}

    static final LeadState NEW = new LeadState(Progress.NONE, null, null, null, new byte[0]);

    static LeadState read(byte @Nullable [] packed) {
        if (packed == null) {
            return NEW;
        }
        PackedInput input = new PackedInput(packed);
        int version = input.octet();
        if (version != FORM_VERSION) {
            throw new IllegalStateException(
                    ("The state of a lead is of form %d, this program reads form %d. Stop the program, delete the folder of"
                                    + " lifecycle.state-dir, reset the application's offsets and internal topics, and start: everything is"
                                    + " computed again from lead.events.")
                            .formatted(version, FORM_VERSION));
        }
        for (int i = 0; i < PROGRESS_BYTES; i++) {
            input.octet();
        }
        String score = input.optionalText();
        String disqualified = input.optionalText();
        Counted counted = null;
        if (input.octet() == 1) {
            counted = new Counted(LeadStanding.read(input), FunnelTally.read(input));
        }
        return new LeadState(Progress.of(packed), score, disqualified, counted, input.rest());
    }

    /** Whether what is kept would become too large with one event more. */
    static boolean isFull(byte @Nullable [] packed, LogRecord event) {
        return packed != null && packed.length + event.data().length > MOST_BYTES;
    }

    byte[] write() {
        PackedOutput output = new PackedOutput().octet(FORM_VERSION).raw(new byte[PROGRESS_BYTES], 0, PROGRESS_BYTES);
        output.optionalText(score).optionalText(disqualified).octet(counted == null ? 0 : 1);
        if (counted != null) {
            counted.standing().write(output);
            counted.tally().write(output);
        }
        byte[] packed = output.raw(entries, 0, entries.length).toByteArray();
        progress.putInto(packed);
        return packed;
    }

    /** The packed form after an event that changes nothing else; the given one stays as it is, for a cache may hold it. */
    static byte[] advance(byte @Nullable [] packed, LogRecord event) {
        byte[] advanced = packed == null ? NEW.write() : packed.clone();
        Progress.of(advanced).with(event).putInto(advanced);
        return advanced;
    }

    LeadState scored(LogRecord event, @Nullable BigDecimal newScore, @Nullable String newReason) {
        String text = newScore == null ? null : newScore.toString();
        return new LeadState(progress.with(event), text, newReason, counted, entries);
    }

    /** After an event that changes nothing else. */
    LeadState advanced(LogRecord event) {
        return new LeadState(progress.with(event), score, disqualified, counted, entries);
    }

    /** With one more event that bears on the fold, folded again. */
    LeadState folded(LogRecord event, Entry entry) {
        LeadState after = withEntry(event, entry);
        return after.counted(LeadFold.of(new LeadHistory(event.leadId(), after.unpackedEntries()), Marks.live()));
    }

    /** With one more event, and a fold that somebody else has made. */
    LeadState refolded(LogRecord event, Entry entry, Optional<LeadFold> fold) {
        return withEntry(event, entry).counted(fold);
    }

    /** With one more event that leaves the fold as it is. */
    LeadState withEntry(LogRecord event, Entry entry) {
        PackedOutput output = new PackedOutput().raw(entries, 0, entries.length);
        PackedEntry.write(entry, output);
        return new LeadState(progress.with(event), score, disqualified, counted, output.toByteArray());
    }

    private LeadState counted(Optional<LeadFold> fold) {
        Counted now = fold.map(lead -> new Counted(LeadStanding.of(lead), FunnelTally.of(lead)))
                .orElse(null);
        return new LeadState(progress, score, disqualified, now, entries);
    }

    /** Whether nothing happened but that the sequence went on. */
    boolean showsAs(LeadState before) {
        return Objects.equals(counted, before.counted())
                && Objects.equals(score, before.score())
                && Objects.equals(disqualified, before.disqualified());
    }

    List<Entry> unpackedEntries() {
        return unpacked(entries);
    }

    private static List<Entry> unpacked(byte[] entries) {
        PackedInput input = new PackedInput(entries);
        List<Entry> list = new ArrayList<>();
        while (!input.isAtEnd()) {
            list.add(PackedEntry.read(input));
        }
        return list;
    }

    /** As the topic {@code lead.state} shows it; empty when the lead is in no row. */
    Optional<ObjectNode> toJson(String leadId) {
        if (counted == null) {
            return Optional.empty();
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("leadId", leadId)
                .put("score", score == null ? null : new BigDecimal(score))
                .put("disqualified", disqualified);
        counted.standing().putInto(json);
        json.put("sequence", progress.sequence())
                .put("asOf", progress.asOf().toString())
                .put("logPosition", progress.position());
        return Optional.of(json);
    }
}
