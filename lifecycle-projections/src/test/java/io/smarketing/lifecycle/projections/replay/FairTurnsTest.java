package io.smarketing.lifecycle.projections.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.replay.columns.ColumnarReplay;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.replay.columns.Turns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replays that are asked for at once, where there is room for one at a time. */
@Timeout(60)
class FairTurnsTest {

    private static final int REPLAYS = 10;
    private static final int LEADS = 200;

    private final Policy policy = SavedPolicies.policy("""
            name: thirty
            threshold: 30
            engagement:
              - {id: demo, activity: demo, points: 30}
            """);

    /** A segment a lead: many turns though there are few leads. */
    private final HistoryColumns columns = HistoryColumns.of(
            IntStream.range(0, LEADS).mapToObj(FairTurnsTest::lead).toList(), 1);

    private static LeadHistory lead(int number) {
        Instant at = Instant.parse("2026-03-02T09:00:00Z");
        return new LeadHistory(
                "lead-" + number,
                List.of(
                        new Entry(
                                0,
                                new EventId("urn:t", "c"),
                                at,
                                at,
                                new LeadEvent.Captured("web", null, null, Map.of(), null, null)),
                        new Entry(1, new EventId("urn:t", "d"), at, at, new LeadEvent.Activity("demo", null, 1))));
    }

    private String replay(Turns turns, AtomicIntegerArray progress, int number, int cancelledAt) {
        return new ColumnarReplay(columns)
                .run(
                        new ReplayQuestion(
                                policy,
                                null,
                                Judge.Order.ARRIVAL,
                                null,
                                Dimension.ALL,
                                new CaptureRange(null, null),
                                true),
                        1,
                        turns,
                        leads -> progress.addAndGet(number, (int) leads),
                        () -> progress.get(number) >= cancelledAt)
                .toJson(true)
                .toString();
    }

    private static Turns told(Turns turns, int number, List<Integer> taken) {
        return new Turns() {
            @Override
            public void take() {
                turns.take();
                taken.add(number);
            }

            @Override
            public void giveBack() {
                turns.giveBack();
            }
        };
    }

    @Test
    void tenReplaysTakeTurnsInTheOrderInWhichTheyAskAndTwoOfThemCanBeCancelled() throws InterruptedException {
        String expected = replay(Turns.ALWAYS, new AtomicIntegerArray(1), 0, Integer.MAX_VALUE);
        FairTurns turns = new FairTurns(1);
        AtomicIntegerArray progress = new AtomicIntegerArray(REPLAYS);
        List<Integer> turnsTaken = Collections.synchronizedList(new ArrayList<>());
        List<String> answers = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        turns.of("ann").take();
        for (int i = 0; i < REPLAYS; i++) {
            int number = i;
            Thread thread = new Thread(() -> {
                try {
                    answers.add(replay(
                            told(turns.of("ann"), number, turnsTaken),
                            progress,
                            number,
                            number < 2 ? LEADS / 2 : Integer.MAX_VALUE));
                } catch (CancellationException e) {
                    answers.add("cancelled");
                }
            });
            threads.add(thread);
            thread.start();
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        turns.of("ann").giveBack();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(answers).hasSize(REPLAYS);
        assertThat(answers.stream().filter("cancelled"::equals)).hasSize(2);
        assertThat(answers.stream().filter(expected::equals)).hasSize(REPLAYS - 2);
        // Who had the first turn asks again while all others wait, and would have the next one too if he could.
        assertThat(turnsTaken.subList(0, REPLAYS))
                .isEqualTo(IntStream.range(0, REPLAYS).boxed().toList());
    }

    private static Thread waiting(Runnable work) {
        Thread thread = new Thread(work);
        thread.start();
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return thread;
    }

    @Test
    void oneAnalystsTurnComesAfterTheOthersHoweverManyEachWaitsFor() throws InterruptedException {
        FairTurns turns = new FairTurns(1);
        List<String> taken = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        turns.of("ann").take();
        for (String asked : List.of("ann 1", "ann 2", "ann 3", "ann 4", "ben 1", "ben 2", "cid 1")) {
            Turns own = turns.of(asked.substring(0, 3));
            threads.add(waiting(() -> {
                own.take();
                taken.add(asked);
                own.giveBack();
            }));
        }
        turns.of("ann").giveBack();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(taken).containsExactly("ann 1", "ben 1", "cid 1", "ann 2", "ben 2", "ann 3", "ann 4");
    }

    @Test
    void whoIsInterruptedWhileHeWaitsLeavesHisTurnToTheNext() throws InterruptedException {
        FairTurns turns = new FairTurns(1);
        Turns own = turns.of("ann");
        own.take();
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        Thread interrupted = waiting(() -> {
            try {
                own.take();
            } catch (CancellationException e) {
                told.add(Thread.currentThread().isInterrupted() ? "interrupted" : "quiet");
            }
        });
        Thread next = waiting(() -> {
            own.take();
            told.add("next");
        });
        interrupted.interrupt();
        interrupted.join();
        own.giveBack();
        next.join();
        assertThat(told).containsExactly("interrupted", "next");
    }

    /** An interrupt and a turn that is handed on may come at the same time: no turn is lost. */
    @Test
    void noTurnIsLostHoweverManyAreInterrupted() throws InterruptedException {
        FairTurns turns = new FairTurns(1);
        for (int round = 0; round < 2_000; round++) {
            Turns own = turns.of("ann");
            own.take();
            Thread thread = waiting(() -> {
                try {
                    own.take();
                    own.giveBack();
                } catch (CancellationException e) {
                    // As it was asked for.
                }
            });
            thread.interrupt();
            own.giveBack();
            thread.join();
        }
        turns.of("ben").take();
    }
}
