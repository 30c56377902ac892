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
 * instant as known at, only the facts that were recorded up to then. Not thread-safe.
 */
final class LeadFacts {

    private static final int INITIAL = 64;
    /** All have as many digits, so that texts and numbers are in the same order. */
    private static final int FIRST_ID = 100_000_001;

    private static final PolicyRef SOME_POLICY = new PolicyRef("recorded", "");

    private final Segment segment;
    private final boolean arrival;
    private final long knownAt;
    private final long unit;
    private final Chunk chunk;
    private final Codes codes;
    private final Codes details;
    private final Codes stepDetails;
    private final Codes sequence;
    private final ByteBuffer lags;

    /** Of the chunk. */
    private int lead = -1;

    private int factBase;
    private int moveBase;
    private int stateBase;
    private int lagAt;
    private int sequenceBase;
    private int allFacts;
    private int allExtra;
    private int allMoves;
    private int flagged;
    private long captureLag;

    private int count;
    private int changeCount;
    private boolean cut;
    private @Nullable Slow slow;
    /** Of the chunk; the lead's begin at {@link #codeBase}. */
    private char[] code = new char[INITIAL];

    private int codeBase;
    private boolean codesRead;
    private char[] knownCodes = new char[INITIAL];
    /** Where the facts stand among the lead's, which differ where some were not known. */
    private int[] place = identity(INITIAL);

    private int[] allPlaces = place;
    private int[] knownPlaces = new int[INITIAL];

    private final Moves moves = new Moves();
    private boolean movesRead;
    private int[] order = new int[INITIAL];
    private long[] lag = new long[INITIAL];

    /**
     * Stands before the first lead.
     *
     * @param chunk whose leads it goes through
     * @param arrival whether {@link #order} is that of arrival
     * @param knownAt {@link Long#MAX_VALUE} for all facts
     */
    LeadFacts(Segment segment, Chunk chunk, boolean arrival, long knownAt) {
        this.segment = segment;
        this.chunk = chunk;
        this.arrival = arrival;
        this.knownAt = knownAt;
        this.unit = segment.unit();
        this.codes = segment.column(Layout.CODES);
        this.details = segment.column(Layout.DETAILS);
        this.stepDetails = segment.column(Layout.STEP_DETAILS);
        this.sequence = segment.column(Layout.SEQUENCE);
        this.lags = segment.column(Layout.LAGS).bytes();
    }

    private static int[] identity(int length) {
        int[] identity = new int[length];
        Arrays.setAll(identity, i -> i);
        return identity;
    }

    /** Goes to before the first lead of the chunk that was begun. */
    void begin() {
        lead = -1;
        lagAt = chunk.lagsFrom();
    }

    /** Goes to the chunk's next lead; its facts are not read yet. */
    boolean next() {
        if (lead + 1 >= chunk.leads()) {
            return false;
        }
        go(lead + 1);
        return true;
    }

    /** Goes to a lead of the chunk; with an instant as known at, only {@link #next} may be used. */
    void go(int to) {
        lead = to;
        factBase = chunk.factsFrom[to];
        moveBase = chunk.movesFrom[to];
        stateBase = chunk.statesFrom[to];
        sequenceBase = chunk.sequenceFrom[to];
        allFacts = chunk.facts.codes[to];
        allExtra = chunk.extra.codes[to];
        allMoves = chunk.moves.codes[to];
        flagged = chunk.flags.codes[to];
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
        order = new int[length];
        lag = new long[length];
    }

    private void readAll() {
        place = allPlaces;
        codesRead = false;
        count = allFacts;
        changeCount = chunk.changes.codes[lead];
        movesRead = false;
    }

    private void readMoves() {
        moves.clear();
        int shape = chunk.shapes.codes[lead];
        if (!cut && shape != Layout.OTHER_SHAPE && allMoves == segment.shapes().steps()[shape]) {
            int[] stepCodes = segment.shapes().codes(shape);
            for (int step = 0; step < stepCodes.length; step++) {
                int at = chunk.stepsFrom[lead] + step;
                moves.add(stepCodes[step], chunk.stepAt(at), stepDetails.get(at));
            }
            movesRead = true;
            return;
        }
        int found = 0;
        int last = allMoves == 0 ? 0 : allFacts;
        for (int i = 0; i < last; i++) {
            int read = chunk.codes()[factBase - chunk.factsFrom[0] + i];
            if (FactCode.isMove(read)) {
                if (!cut || isKnown(i)) {
                    moves.add(read, chunk.at(factBase + i), details.get(moveBase + found));
                }
                found++;
            }
        }
        movesRead = true;
    }

    private boolean isKnown(int fact) {
        return chunk.at(factBase + fact) + lag[fact] <= knownSince();
    }

    /** The instant as known at, since the capture. */
    private long knownSince() {
        return knownAt - capturedAt();
    }

    /** Reads when each fact was recorded; false when the opening capture was not known then. */
    private boolean readLags() {
        captureLag = lag();
        int all = allFacts + allExtra;
        for (int i = 0; i < all; i++) {
            lag[i] = lag();
            cut |= !isKnown(i);
        }
        return captureLag <= knownSince();
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
        codesRead = true;
        count = 0;
        changeCount = 0;
        movesRead = false;
        boolean changesCut = false;
        for (int i = 0; i < allFacts; i++) {
            int read = codes.get(factBase + i);
            boolean known = isKnown(i);
            if (FactCode.changesAttributes(read)) {
                if (known && changesCut) {
                    slow = Slow.ATTRIBUTES_CUT;
                }
                changesCut |= !known;
                changeCount += known ? 1 : 0;
            }
            if (known) {
                code[count] = (char) read;
                place[count++] = i;
            }
        }
    }

    private void readOrder() {
        if ((flagged & Layout.VOIDS) != 0 && !cut && (flagged & Layout.ATTRIBUTES_REORDERED) == 0) {
            slow = Slow.VOIDED_IN_ARRIVAL;
            for (int i = 0; i < allFacts + allExtra; i++) {
                order[i] = sequence.get(sequenceBase + i);
            }
            return;
        } else if ((flagged & Layout.VOIDS) != 0) {
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

    /** Why the lead that was read cannot be judged by integers; null when it can. */
    @Nullable Slow slow() {
        return slow;
    }

    /** Whether {@link #order} holds voids and what they void, behind the other facts; what is slow about it is this alone. */
    boolean hasVoidsInOrder() {
        return slow == Slow.VOIDED_IN_ARRIVAL && !cut && (flagged & Layout.ATTRIBUTES_REORDERED) == 0;
    }

    /** Facts in {@link #order}; voids and what they void among them where {@link #hasVoidsInOrder}. {@link #at} reads their instants. */
    int countInOrder() {
        return hasVoidsInOrder() ? allFacts + allExtra : count;
    }

    int codeInOrder(int fact) {
        return fact < count ? code(fact) : codes.get(factBase + fact);
    }

    /** What a void names, by the void's place. */
    int voided(int place) {
        int move = 0;
        for (int i = 0; i < place; i++) {
            move += FactCode.isMove(codes.get(factBase + i)) ? 1 : 0;
        }
        return details.get(moveBase + move);
    }

    /** Of the segment's leads in columns. */
    int lead() {
        return chunk.firstLead() + lead;
    }

    Chunk chunk() {
        return chunk;
    }

    /** Of the chunk's leads. */
    int leadOfChunk() {
        return lead;
    }

    /** When it was captured, in microseconds since 1970. */
    long capturedAt() {
        return chunk.capturedAt(lead);
    }

    /** Facts behind the opening capture. */
    int count() {
        return count;
    }

    int code(int fact) {
        return codes()[codeBase + fact];
    }

    /** The facts' codes stand in it from {@link #codesFrom} on. */
    char[] codes() {
        if (!codesRead) {
            code = chunk.codes();
            codeBase = factBase - chunk.factsFrom[0];
            codesRead = true;
        }
        return code;
    }

    /** Of {@link #codes}, once these were asked for. */
    int codesFrom() {
        return codeBase;
    }

    /** When a fact occurred, in microseconds since the capture. */
    long at(int fact) {
        return chunk.at(factBase + place[fact]);
    }

    /** The order of judging; null for that of the facts. */
    int @Nullable [] order() {
        return arrival && (flagged & Layout.PERMUTED) != 0 ? order : null;
    }

    /** Facts that are neither activity nor enrichment. */
    Moves moves() {
        if (!movesRead) {
            readMoves();
        }
        return moves;
    }

    /** Whether it may have been rejected or lost. */
    boolean mayCycle() {
        char shape = chunk.shapes.codes[lead];
        return shape == Layout.OTHER_SHAPE || segment.shapes().cycled()[shape];
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
        long capture = capturedAt();
        int lead = lead();
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
            if (!cut || isKnown(i)) {
                long time = capture + chunk.at(factBase + i);
                // Without an instant as known at nobody asks when a fact was recorded.
                entries.add(new Entry(entries.size(), id(i), instant(time), instant(time + lag[i]), events[i]));
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
