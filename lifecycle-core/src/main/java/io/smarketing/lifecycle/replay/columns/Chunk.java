package io.smarketing.lifecycle.replay.columns;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** What every replay reads of a chunk's leads, copied out of the mapped bytes, and where their parts of the streams begin. Not thread-safe. */
final class Chunk {

    private static final long LOW_WORD = 0xFFFF_FFFFL;

    private final Segment segment;
    private final long unit;
    private final Codes codeColumn;
    private final ByteBuffer timesLow;
    private final Codes timesHigh;
    private final Codes stepsLow;
    private final Codes stepsHigh;
    private final Codes streams;
    private final Codes capturedLow;
    private final Codes capturedHigh;
    private final List<LeadColumn> columns;

    final LeadColumn facts;
    final LeadColumn extra;
    final LeadColumn moves;
    final LeadColumn changes;
    final LeadColumn flags;
    final LeadColumn kinds;
    final LeadColumn shapes;

    /** By lead of the chunk, in the segment; one more than there are leads. */
    final int[] factsFrom = new int[Layout.CHUNK + 1];

    final int[] movesFrom = new int[Layout.CHUNK + 1];
    final int[] statesFrom = new int[Layout.CHUNK + 1];
    final int[] stepsFrom = new int[Layout.CHUNK + 1];
    final int[] sequenceFrom = new int[Layout.CHUNK + 1];

    /** Leads whose attributes change, as far as there are {@link #changed}. */
    final int[] changedLeads = new int[Layout.CHUNK];

    private int changed;
    private int firstLead;
    private int leads;
    private int lagsFrom;
    private char[] codes = new char[0];
    private boolean codesRead;
    private byte[] narrow = new byte[0];
    private char[] scratch = new char[0];
    private int[] stepLows = new int[0];
    private int[] stepHighs = new int[0];
    private boolean stepsRead;

    Chunk(Segment segment) {
        this.segment = segment;
        this.unit = segment.unit();
        this.codeColumn = segment.column(Layout.CODES);
        this.timesLow = segment.column(Layout.TIMES_LOW).bytes();
        this.timesHigh = segment.column(Layout.TIMES_HIGH);
        this.stepsLow = segment.column(Layout.STEPS_LOW);
        this.stepsHigh = segment.column(Layout.STEPS_HIGH);
        this.streams = segment.column(Layout.CHUNKS);
        this.capturedLow = segment.column(Layout.CAPTURED_LOW);
        this.capturedHigh = segment.column(Layout.CAPTURED_HIGH);
        this.facts = new LeadColumn(segment.column(Layout.FACTS));
        this.extra = new LeadColumn(segment.column(Layout.EXTRA));
        this.moves = new LeadColumn(segment.column(Layout.MOVES));
        this.changes = new LeadColumn(segment.column(Layout.CHANGES));
        this.flags = new LeadColumn(segment.column(Layout.FLAGS));
        this.kinds = new LeadColumn(segment.column(Layout.KINDS));
        this.shapes = new LeadColumn(segment.column(Layout.SHAPE));
        this.columns = List.of(facts, extra, moves, changes, flags, kinds, shapes);
    }

    /** One code a lead. */
    static final class LeadColumn {

        private final Codes column;
        /** By lead of the chunk. */
        final char[] codes = new char[Layout.CHUNK];

        private LeadColumn(Codes column) {
            this.column = column;
        }
    }

    /** Goes to a chunk of the segment. */
    void begin(int chunk) {
        firstLead = chunk * Layout.CHUNK;
        leads = Math.min(segment.leads() - firstLead, Layout.CHUNK);
        if (narrow.length < leads) {
            narrow = new byte[Layout.CHUNK];
        }
        for (LeadColumn column : columns) {
            column.column.copy(firstLead, leads, column.codes, narrow);
        }
        int at = chunk * Layout.STREAMS;
        int fact = (int) streams.wide(at);
        int move = (int) streams.wide(at + 1);
        int state = (int) streams.wide(at + 2);
        lagsFrom = (int) streams.wide(at + 3);
        int sequence = (int) streams.wide(at + 4);
        int step = (int) streams.wide(at + 5);
        int[] stepsOf = segment.shapes().steps();
        changed = 0;
        for (int i = 0; i < leads; i++) {
            factsFrom[i] = fact;
            movesFrom[i] = move;
            statesFrom[i] = state;
            sequenceFrom[i] = sequence;
            stepsFrom[i] = step;
            int all = facts.codes[i] + extra.codes[i];
            fact += all;
            move += moves.codes[i];
            state += 1 + changes.codes[i];
            changedLeads[changed] = i;
            changed += changes.codes[i] == 0 ? 0 : 1;
            sequence += (flags.codes[i] & Layout.PERMUTED) == 0 ? 0 : all;
            step += stepsOf[shapes.codes[i]];
        }
        factsFrom[leads] = fact;
        movesFrom[leads] = move;
        statesFrom[leads] = state;
        sequenceFrom[leads] = sequence;
        stepsFrom[leads] = step;
        codesRead = false;
        stepsRead = false;
    }

    /** In the segment. */
    int firstLead() {
        return firstLead;
    }

    int leads() {
        return leads;
    }

    int changed() {
        return changed;
    }

    int firstState() {
        return statesFrom[0];
    }

    int states() {
        return statesFrom[leads] - statesFrom[0];
    }

    /** Where the lags of the first lead begin. */
    int lagsFrom() {
        return lagsFrom;
    }

    /** Of all facts of the chunk, from {@code factsFrom[0]} on. */
    char[] codes() {
        if (!codesRead) {
            readCodes();
        }
        return codes;
    }

    private void readCodes() {
        int count = factsFrom[leads] - factsFrom[0];
        if (codes.length < count) {
            codes = new char[count];
            narrow = Arrays.copyOf(narrow, Math.max(narrow.length, count));
        }
        codeColumn.copy(factsFrom[0], count, codes, narrow);
        codesRead = true;
    }

    /** Codes of a column, from 0 on, which hold until others are asked for. */
    char[] scratch(Codes column, int from, int count) {
        if (scratch.length < count) {
            scratch = new char[count];
            narrow = Arrays.copyOf(narrow, Math.max(narrow.length, count));
        }
        column.copy(from, count, scratch, narrow);
        return scratch;
    }

    /** When a lead was captured, in microseconds since 1970. */
    long capturedAt(int lead) {
        int at = firstLead + lead;
        return segment.base() + unit * (((long) capturedHigh.signed(at) << 32) | (capturedLow.get(at) & LOW_WORD));
    }

    /** When a fact of the segment occurred, in microseconds since its lead's capture. */
    long at(int fact) {
        return unit * (((long) timesHigh.signed(fact) << 32) | (timesLow.getInt(fact << 2) & LOW_WORD));
    }

    /** When a step of the segment, which one of the chunk's leads has, occurred, in microseconds since its lead's capture. */
    long stepAt(int step) {
        if (!stepsRead) {
            readSteps();
        }
        int place = step - stepsFrom[0];
        return unit * (((long) stepHighs[place] << 32) | (stepLows[place] & LOW_WORD));
    }

    private void readSteps() {
        int count = stepsFrom[leads] - stepsFrom[0];
        if (stepLows.length < count) {
            stepLows = new int[count];
            stepHighs = new int[count];
        }
        stepsLow.copy(stepsFrom[0], count, stepLows);
        for (int i = 0; i < count; i++) {
            stepHighs[i] = stepsHigh.signed(stepsFrom[0] + i);
        }
        stepsRead = true;
    }
}
