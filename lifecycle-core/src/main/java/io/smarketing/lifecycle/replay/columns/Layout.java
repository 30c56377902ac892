package io.smarketing.lifecycle.replay.columns;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The form of a segment: {@code magic (8 bytes), version (i32), length of the header's JSON (i32), length of the segment (i64),
 * CRC32C of all that and of the JSON (i32), zeros up to 32, JSON}, then columns, each on a multiple of 64 bytes and with a CRC32C in the
 * JSON. All little-endian.
 *
 * <p>Leads stand sorted by the number of their facts, then by shape. Beside one row a lead there are streams that go through the leads in that order:
 * facts (behind the opening capture, in fold order, then those that only judging in order of arrival reads), moves (facts that are no
 * activity and no enrichment), steps (the times and details of moves that every replay folds, without marks, once more: most replays read no
 * other times), states (of the attributes: at the capture, then one for each fact that may change them), lags (the opening
 * and each fact), sequence (of leads that need it). Where the streams stand at every {@link #CHUNK}th lead is a column too.
 */
final class Layout {

    static final long MAGIC = 0x3153_4E4D_4C4F_434CL; // "LCOLMNS1" as bytes
    static final int VERSION = 4;

    static final int VERSION_AT = 8;
    static final int HEADER_LENGTH_AT = 12;
    static final int LENGTH_AT = 16;
    static final int CRC_AT = 24;
    static final int JSON_AT = 32;
    static final int ALIGNMENT = 64;

    /** Leads that a thread claims at a time. */
    static final int CHUNK = 8_192;

    /** Where each chunk's streams begin: facts, moves, states, lags in bytes, sequence, steps. */
    static final int STREAMS = 6;

    /** Kinds of activities that are told apart in a set. */
    static final int MOST_KINDS = 12;

    /** Judging in order of arrival follows the sequence. */
    static final int PERMUTED = 1;
    /** Captures and enrichments are in another order in sequence. */
    static final int ATTRIBUTES_REORDERED = 2;
    /** Something was voided. */
    static final int VOIDS = 4;

    /** The shape of leads without steps. */
    static final int NO_STEPS = 0;
    /** Stands for all shapes but the most frequent ones, and for leads of which something occurred before the capture: no steps are told. */
    static final int OTHER_SHAPE = 4_095;
    /** Steps of a shape at most. */
    static final int MOST_STEPS = 24;

    // One value a lead.
    static final String CAPTURED_LOW = "captured-low";
    static final String CAPTURED_HIGH = "captured-high";
    static final String FACTS = "facts";
    static final String EXTRA = "extra";
    static final String MOVES = "moves";
    static final String CHANGES = "changes";
    static final String FLAGS = "flags";
    /** The set of kinds of activities: bit = place of the activity's name among the segment's, the last for all further ones. */
    static final String KINDS = "kinds";

    /** Which steps a lead has, in order. */
    static final String SHAPE = "shape";

    static final String SOURCE = "source";
    static final String CAMPAIGN = "campaign";
    static final String PERSONA = "persona";
    static final String NAME = "name";

    // Streams.
    static final String CODES = "codes";
    static final String TIMES_LOW = "times-low";
    static final String TIMES_HIGH = "times-high";
    static final String DETAILS = "details";
    static final String STEPS_LOW = "steps-low";
    static final String STEPS_HIGH = "steps-high";
    static final String STEP_DETAILS = "step-details";
    static final String SETS = "sets";
    static final String LAGS = "lags";
    static final String SEQUENCE = "sequence";
    static final String STATE = "state:";

    // The rest.
    static final String CHUNKS = "chunks";
    static final String NAMES = "names";
    static final String WORDS = "words";
    static final String ACTIVITIES = "activities";
    static final String SHAPES = "shapes";
    static final String VALUES = "values:";
    static final String WIDE = "wide";

    private Layout() {}

    /** Of bytes from a place on. */
    static int crc(ByteBuffer bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(from).limit(from + length));
        return (int) crc.getValue();
    }

    /** Whether nothing was written from one place on up to another. */
    static boolean isBlank(ByteBuffer bytes, int from, int to) {
        for (int place = from; place < to; place++) {
            if (bytes.get(place) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Of the header: all before the checksum, and the JSON. */
    static int headerCrc(ByteBuffer bytes, int jsonLength) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(0).limit(CRC_AT));
        crc.update(bytes.duplicate().position(JSON_AT).limit(JSON_AT + jsonLength));
        return (int) crc.getValue();
    }

    static int aligned(int place) {
        return (place + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
