package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.replay.columns.Turns;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;

/** So many at a time, in the order in which they ask: replays with as many threads each get on equally fast. */
final class FairTurns implements Turns {

    private final Semaphore room;

    FairTurns(int atOnce) {
        room = new Semaphore(atOnce, true);
    }

    @Override
    public void take() {
        try {
            room.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for a turn");
        }
    }

    @Override
    public void giveBack() {
        room.release();
    }
}
