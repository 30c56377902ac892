package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.replay.columns.Turns;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * So many at a time, one analyst after the other, and each analyst's in the order in which they ask: analysts get on equally fast, and so do
 * the replays of each, with as many threads each. Thread-safe.
 */
final class FairTurns {

    private final RoundRobin<CountDownLatch> waiting = new RoundRobin<>();
    /** None while somebody waits: a turn that ends is handed on. */
    private int room;

    FairTurns(int atOnce) {
        room = atOnce;
    }

    /** The turns of an analyst's replays. */
    Turns of(String analyst) {
        return new Turns() {
            @Override
            public void take() {
                FairTurns.this.take(analyst);
            }

            @Override
            public void giveBack() {
                FairTurns.this.giveBack();
            }
        };
    }

    private void take(String analyst) {
        CountDownLatch mine = new CountDownLatch(1);
        if (begins(analyst, mine)) {
            return;
        }
        try {
            mine.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            leave(analyst, mine);
            throw new CancellationException("interrupted while waiting for a turn");
        }
    }

    private synchronized boolean begins(String analyst, CountDownLatch mine) {
        if (room == 0) {
            waiting.add(analyst, mine);
            return false;
        }
        room--;
        return true;
    }

    private synchronized void leave(String analyst, CountDownLatch mine) {
        if (!waiting.remove(analyst, mine)) {
            // It was handed on to who does not want it any more.
            giveBack();
        }
    }

    private synchronized void giveBack() {
        @Nullable CountDownLatch next = waiting.next(analyst -> true);
        if (next == null) {
            room++;
        } else {
            next.countDown();
        }
    }
}
