package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the leads of a segment's chunk and holds the one it stands at: its facts behind the opening capture, in fold order. With an
 * instant as known at, only the facts that were recorded up to then. All times in microseconds since 1970. Not thread-safe.
 */
final class LeadFacts {

    private static final long LOW_WORD = 0xFFFF_FFFFL;
    private static final int INITIAL = 64;
    /** All have as many digits, so that texts and numbers are in the same order. */
    private static final int FIRST_ID = 100_000_001;

    private static final PolicyRef SOME_POLICY = new PolicyRef("recorded", "");

    private final Segment segment;
    private final boolean arrival;
    private final long knownAt;
    private final long unit;
    private final Codes capturedLow;
    private final Codes capturedHigh;
    private final LeadColumn facts;
    private final LeadColumn extra;
    private final LeadColumn moves;
    private final LeadColumn changes;
    private final LeadColumn flags;
    private final LeadColumn kinds;
    private final Codes codes;
    private final Codes timesLow;
    private final Codes timesHigh;
    private final Codes details;
    private final Codes sequence;
    private final Codes chunks;
    private final ByteBuffer lags;

    private int end;
    private int lead = -1;
    private int firstLead;
    private int firstState;
    private int statesEnd;
    private int factBase;
    private int moveBase;
    private int stateBase;
    private int lagAt;
    private int sequenceBase;
    private int allFacts;
    private int allExtra;
    private int allMoves;
    private int allChanges;
    private int flagged;
    private long capture;
    private long captureLag;

    private int count;
    private int moveCount;
    private int changeCount;
    private boolean cut;
    private @Nullable Slow slow;
    /** Of the chunk; the lead's begin at {@link #codeBase}. */
    private char[] code = new char[INITIAL];

    private int codeBase;
    private char[] chunkCodes = new char[0];
    private int chunkFacts;
    private char[] knownCodes = new char[INITIAL];
    /** Where the facts stand among the lead's, which differ where some were not known. */
    private int[] place = identity(INITIAL);

    private int[] allPlaces = place;
    private int[] knownPlaces = new int[INITIAL];

    private int[] movePlace = new int[INITIAL];
    private int[] moveDetail = new int[INITIAL];
    private int[] order = new int[INITIAL];
    private long[] lag = new long[INITIAL];

    /**
     * Stands before the first lead.
     *
     * @param arrival whether {@link #order} is that of arrival
     * @param knownAt {@link Long#MAX_VALUE} for all facts
     */
    LeadFacts(Segment segment, boolean arrival, long knownAt) {
        this.segment = segment;
        this.arrival = arrival;
        this.knownAt = knownAt;
        this.unit = segment.unit();
        this.capturedLow = segment.column(Layout.CAPTURED_LOW);
        this.capturedHigh = segment.column(Layout.CAPTURED_HIGH);
        this.facts = new LeadColumn(segment.column(Layout.FACTS));
        this.extra = new LeadColumn(segment.column(Layout.EXTRA));
        this.moves = new LeadColumn(segment.column(Layout.MOVES));
        this.changes = new LeadColumn(segment.column(Layout.CHANGES));
        this.flags = new LeadColumn(segment.column(Layout.FLAGS));
        this.kinds = new LeadColumn(segment.column(Layout.KINDS));
        this.codes = segment.column(Layout.CODES);
        this.timesLow = segment.column(Layout.TIMES_LOW);
        this.timesHigh = segment.column(Layout.TIMES_HIGH);
        this.details = segment.column(Layout.DETAILS);
        this.sequence = segment.column(Layout.SEQUENCE);
        this.chunks = segment.column(Layout.CHUNKS);
        this.lags = segment.column(Layout.LAGS).bytes();
    }

    /** A column with one code a lead, the chunk's copied out of the mapped bytes. */
    private static final class LeadColumn {

        private final Codes column;
        private final char[] codes = new char[Layout.CHUNK];

        LeadColumn(Codes column) {
            this.column = column;
        }

        void begin(int firstLead, int leads) {
            column.copy(firstLead, leads, codes);
        }
    }

    private static int[] identity(int length) {
        int[] identity = new int[length];
        Arrays.setAll(identity, i -> i);
        return identity;
    }

    /** Goes to before a chunk's first lead. */
    void begin(int chunk) {
        lead = chunk * Layout.CHUNK - 1;
        firstLead = chunk * Layout.CHUNK;
        end = Math.min(segment.leads(), (chunk + 1) * Layout.CHUNK);
        int at = chunk * Layout.STREAMS;
        factBase = (int) chunks.wide(at);
        moveBase = (int) chunks.wide(at + 1);
        stateBase = (int) chunks.wide(at + 2);
        lagAt = (int) chunks.wide(at + 3);
        sequenceBase = (int) chunks.wide(at + 4);
        firstState = stateBase;
        chunkFacts = factBase;
        int next = (chunk + 1) * Layout.STREAMS;
        int factsEnd = next < chunks.size() ? (int) chunks.wide(next) : codes.size();
        statesEnd = next < chunks.size() ? (int) chunks.wide(next + 2) : (int) segment.states();
        if (chunkCodes.length < factsEnd - factBase) {
            chunkCodes = new char[factsEnd - factBase];
        }
        codes.copy(factBase, factsEnd - factBase, chunkCodes);
        for (LeadColumn column : List.of(facts, extra, moves, changes, flags, kinds)) {
            column.begin(firstLead, end - firstLead);
        }
        allFacts = 0;
        allExtra = 0;
        allMoves = 0;
        allChanges = -1;
        flagged = 0;
    }

    /** The chunk's first lead, and how many there are. */
    int firstLead() {
        return firstLead;
    }

    int leads() {
        return end - firstLead;
    }

    /** The first state of the chunk's first lead, and how many the chunk has. */
    int chunkFirstState() {
        return firstState;
    }

    int chunkStates() {
        return statesEnd - firstState;
    }

    /** Goes to the chunk's next lead; its facts are not read yet. */
    boolean next() {
        if (lead + 1 >= end) {
            return false;
        }
        lead++;
        int all = allFacts + allExtra;
        factBase += all;
        moveBase += allMoves;
        stateBase += 1 + allChanges;
        sequenceBase += (flagged & Layout.PERMUTED) == 0 ? 0 : all;
        int inChunk = lead - firstLead;
        allFacts = facts.codes[inChunk];
        allExtra = extra.codes[inChunk];
        allMoves = moves.codes[inChunk];
        allChanges = changes.codes[inChunk];
        flagged = flags.codes[inChunk];
        capture =
                segment.base() + unit * (((long) capturedHigh.signed(lead) << 32) | (capturedLow.get(lead) & LOW_WORD));
        return true;
    }

    /** Reads the facts of the lead; false when it was not known then. Then {@link #slow} tells whether they can be judged here. */
    boolean read() {
        if (allFacts + allExtra > lag.length) {
            grow(allFacts + allExtra);
        }
        slow = null;
        cut = false;
        if (knownAt != Long.MAX_VALUE && !readLags()) {
            return false;
        }
        if (cut) {
            readKnown();
        } else {
            readAll();
        }
        if (arrival && (flagged & Layout.PERMUTED) != 0) {
            readOrder();
        }
        return true;
    }

    private void grow(int least) {
        int length = Math.max(least, 2 * lag.length);
        knownCodes = new char[length];
        allPlaces = identity(length);
        knownPlaces = new int[length];
        movePlace = new int[length];
        moveDetail = new int[length];
        order = new int[length];
        lag = new long[length];
    }

    private void readAll() {
        place = allPlaces;
        code = chunkCodes;
        codeBase = factBase - chunkFacts;
        count = allFacts;
        changeCount = allChanges;
        moveCount = 0;
        if (allMoves == 0) {
            return;
        }
        int found = 0;
        for (int i = 0; i < allFacts; i++) {
            if (FactCode.isMove(code[codeBase + i])) {
                movePlace[found] = i;
                moveDetail[found] = details.get(moveBase + found);
                found++;
            }
        }
        moveCount = found;
    }

    /** Reads when each fact was recorded; false when the opening capture was not known then. */
    private boolean readLags() {
        captureLag = lag();
        int all = allFacts + allExtra;
        boolean known = capture + captureLag <= knownAt;
        for (int i = 0; i < all; i++) {
            lag[i] = lag();
            cut |= time(i) + lag[i] > knownAt;
        }
        return known;
    }

    private long lag() {
        long zigzag = 0;
        int shift = 0;
        int octet;
        do {
            octet = lags.get(lagAt++);
            zigzag |= (long) (octet & 0x7F) << shift;
            shift += 7;
        } while (octet < 0);
        return unit * ((zigzag >>> 1) ^ -(zigzag & 1));
    }

    private void readKnown() {
        if ((flagged & Layout.VOIDS) != 0) {
            slow = Slow.VOIDED_CUT;
        }
        place = knownPlaces;
        code = knownCodes;
        codeBase = 0;
        count = 0;
        changeCount = 0;
        moveCount = 0;
        int move = 0;
        boolean changesCut = false;
        for (int i = 0; i < allFacts; i++) {
            int read = codes.get(factBase + i);
            boolean known = time(i) + lag[i] <= knownAt;
            if (FactCode.changesAttributes(read)) {
                if (known && changesCut) {
                    slow = Slow.ATTRIBUTES_CUT;
                }
                changesCut |= !known;
                changeCount += known ? 1 : 0;
            }
            if (known && FactCode.isMove(read)) {
                movePlace[moveCount] = count;
                moveDetail[moveCount++] = details.get(moveBase + move);
            }
            move += FactCode.isMove(read) ? 1 : 0;
            if (known) {
                code[count] = (char) read;
                place[count++] = i;
            }
        }
    }

    private void readOrder() {
        if ((flagged & Layout.VOIDS) != 0) {
            slow = slow == null ? Slow.VOIDED_IN_ARRIVAL : slow;
            return;
        }
        if ((flagged & Layout.ATTRIBUTES_REORDERED) != 0) {
            slow = slow == null ? Slow.ATTRIBUTES_REORDERED : slow;
            return;
        }
        if (!cut) {
            for (int i = 0; i < allFacts; i++) {
                order[i] = sequence.get(sequenceBase + i);
            }
            return;
        }
        int[] kept = new int[allFacts];
        Arrays.fill(kept, -1);
        for (int i = 0; i < count; i++) {
            kept[place[i]] = i;
        }
        int next = 0;
        for (int i = 0; i < allFacts; i++) {
            int fact = kept[sequence.get(sequenceBase + i)];
            if (fact >= 0) {
                order[next++] = fact;
            }
        }
    }

    private long time(int all) {
        int at = factBase + all;
        return capture + unit * (((long) timesHigh.signed(at) << 32) | (timesLow.get(at) & LOW_WORD));
    }

    /** Why the lead that was read cannot be judged by integers; null when it can. */
    @Nullable Slow slow() {
        return slow;
    }

    /** Of the segment's leads in columns. */
    int lead() {
        return lead;
    }

    long capture() {
        return capture;
    }

    /** The set of kinds of its activities. */
    int kinds() {
        return kinds.codes[lead - firstLead];
    }

    /** Facts behind the opening capture. */
    int count() {
        return count;
    }

    int code(int fact) {
        return code[codeBase + fact];
    }

    /** The facts' codes stand in it from {@link #codesFrom} on. */
    char[] codes() {
        return code;
    }

    int codesFrom() {
        return codeBase;
    }

    /** When a fact occurred. */
    long at(int fact) {
        return time(place[fact]);
    }

    /** The order of judging; null for that of the facts. */
    int @Nullable [] order() {
        return arrival && (flagged & Layout.PERMUTED) != 0 ? order : null;
    }

    /** Facts that are neither activity nor enrichment. */
    int moves() {
        return moveCount;
    }

    /** The fact that is a move. */
    int move(int number) {
        return movePlace[number];
    }

    int detail(int move) {
        return moveDetail[move];
    }

    /** The state of the attributes at the capture; each fact that changes attributes leads to the next. */
    int firstState() {
        return stateBase;
    }

    int lastState() {
        return stateBase + changeCount;
    }

    /**
     * The lead's history, as far as verdicts and visits depend on it: event ids are made up, in the order of the real ones. With an instant
     * as known at, without what was not known then.
     *
     * @param name of the lead
     */
    LeadHistory history(String name) {
        int all = allFacts + allExtra;
        int[] places = new int[all];
        for (int i = 0; i < all; i++) {
            places[i] = (flagged & Layout.PERMUTED) == 0 ? i : sequence.get(sequenceBase + i);
        }
        LeadEvent[] events = new LeadEvent[all];
        int state = stateBase;
        int move = 0;
        for (int i = 0; i < all; i++) {
            int read = codes.get(factBase + i);
            if (FactCode.changesAttributes(read)) {
                state++;
            }
            int detail = FactCode.isMove(read) ? details.get(moveBase + move++) : 0;
            events[i] = event(read, detail, state);
        }
        List<Entry> entries = new ArrayList<>(all + 1);
        entries.add(new Entry(
                0,
                id(-1),
                instant(capture),
                instant(capture + captureLag),
                new LeadEvent.Captured(
                        segment.sources().text(segment.column(Layout.SOURCE).get(lead)),
                        segment.campaigns().text(segment.column(Layout.CAMPAIGN).get(lead)),
                        segment.personas().text(segment.column(Layout.PERSONA).get(lead)),
                        said(stateBase),
                        null,
                        null)));
        for (int i : places) {
            if (!cut || time(i) + lag[i] <= knownAt) {
                // Without an instant as known at nobody asks when a fact was recorded.
                entries.add(new Entry(entries.size(), id(i), instant(time(i)), instant(time(i) + lag[i]), events[i]));
            }
        }
        return new LeadHistory(name, entries);
    }

    private static EventId id(int fact) {
        return new EventId("facts", String.valueOf(FIRST_ID + fact));
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private LeadEvent event(int read, int detail, int state) {
        return switch (read) {
            case FactCode.ENRICHED -> new LeadEvent.Enriched(said(state), null);
            case FactCode.CAPTURED -> new LeadEvent.Captured(null, null, null, said(state), null, null);
            case FactCode.EXTERNAL_MARK -> new LeadEvent.MarkedMql(null, null);
            case FactCode.ENGINE_MARK -> new LeadEvent.MarkedMql(null, SOME_POLICY);
            case FactCode.ACCEPTED -> new LeadEvent.Accepted(segment.words().text(detail));
            case FactCode.CONTACTED -> new LeadEvent.Contacted(segment.words().text(detail), null, null);
            case FactCode.REJECTED ->
                new LeadEvent.Rejected(null, segment.words().text(detail));
            case FactCode.LOST -> new LeadEvent.Lost(null, null);
            case FactCode.WON -> new LeadEvent.Won(null, null);
            case FactCode.VOIDED -> new LeadEvent.Voided(id(detail), null, null);
            default -> segment.activities().get(read - FactCode.FIRST_ACTIVITY);
        };
    }

    /** What the fact that leads to a state says of attributes. */
    private Map<String, @Nullable Object> said(int state) {
        Map<String, @Nullable Object> said = new HashMap<>();
        long mask = segment.column(Layout.SETS).wide(state);
        for (int i = 0; i < segment.attributes().size(); i++) {
            if ((mask & (1L << i)) != 0) {
                said.put(
                        segment.attributes().get(i),
                        segment.values(i).value(segment.column(Layout.STATE + i).get(state)));
            }
        }
        return said;
    }
}
