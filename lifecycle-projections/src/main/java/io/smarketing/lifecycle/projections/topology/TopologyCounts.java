package io.smarketing.lifecycle.projections.topology;

import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the topology met that should not be, since the start of the program. Thread-safe. */
public final class TopologyCounts {

    private static final Logger LOG = LoggerFactory.getLogger(TopologyCounts.class);
    private static final int SHOWN_ONE_BY_ONE = 20;
    private static final int SHOWN_EVERY = 1_000;

    private final LongAdder unreadable = new LongAdder();
    private final LongAdder gaps = new LongAdder();
    private final LongAdder passedOver = new LongAdder();
    private final LongAdder tooMuch = new LongAdder();

    /** Records that the relay did not write, or that were damaged since; they are passed over. */
    public long unreadable() {
        return unreadable.sum();
    }

    /** Events whose predecessor in the lead never came. */
    public long gaps() {
        return gaps.sum();
    }

    /** Events that had been folded before. */
    public long passedOver() {
        return passedOver.sum();
    }

    /** Events of leads of which so much is kept already that nothing more is. */
    public long tooMuch() {
        return tooMuch.sum();
    }

    void countUnreadable(String where, String why) {
        unreadable.increment();
        if (isShown(unreadable.sum())) {
            LOG.error("{} cannot be read and is passed over: {} ({} so far)", where, why, unreadable.sum());
        }
    }

    void countGap(String leadId, long expected, long found) {
        gaps.increment();
        if (isShown(gaps.sum())) {
            LOG.error(
                    "lead.events has a gap: lead {} goes on with sequence {} where {} was to come. The rows miss what is missing"
                            + " there; compare GET /v1/leads/{}/events with the topic ({} so far)",
                    leadId,
                    found,
                    expected,
                    leadId,
                    gaps.sum());
        }
    }

    void countTooMuch(String leadId, long sequence) {
        tooMuch.increment();
        if (isShown(tooMuch.sum())) {
            LOG.error(
                    "lead {} holds {} MiB of attributes and deviations: from sequence {} on it is counted as it stood before ({} so"
                            + " far)",
                    leadId,
                    LeadState.MOST_BYTES >> 20,
                    sequence,
                    tooMuch.sum());
        }
    }

    void countPassedOver() {
        passedOver.increment();
    }

    /** A damaged topic must not fill the disk with log lines. */
    private static boolean isShown(long count) {
        return count <= SHOWN_ONE_BY_ONE || count % SHOWN_EVERY == 0;
    }
}
