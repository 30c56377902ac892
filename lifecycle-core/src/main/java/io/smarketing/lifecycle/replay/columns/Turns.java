package io.smarketing.lifecycle.replay.columns;

/**
 * When a thread may work on its next piece, a few milliseconds, or what is found once of a segment and kept: several replays that take turns go on side by side, and no more
 * threads work than there is room for. Thread-safe.
 */
public interface Turns {

    /** Nobody waits. */
    Turns ALWAYS = new Turns() {
        @Override
        public void take() {}

        @Override
        public void giveBack() {}
    };

    /**
     * Waits for a turn.
     *
     * @throws java.util.concurrent.CancellationException when it was interrupted meanwhile
     */
    void take();

    /** Ends a turn that was taken. */
    void giveBack();
}
