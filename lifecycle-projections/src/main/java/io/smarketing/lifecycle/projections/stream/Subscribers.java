package io.smarketing.lifecycle.projections.stream;

import io.smarketing.lifecycle.projections.funnel.StageTable;
import io.smarketing.lifecycle.projections.funnel.StageTable.Changed;
import io.smarketing.lifecycle.projections.funnel.StageTable.Reached;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * All who look at the funnel as it moves. While there are any, one thread looks at the table every quarter of a second for
 * rows with a greater change number; numbers ascend in the order of commits, so none is missed.
 */
@Component
class Subscribers implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Subscribers.class);

    private static final int MOST = 200;
    private static final long LOOK_MILLIS = 250;
    private static final long HEARTBEAT_SECONDS = 15;
    private static final long NOWHERE = -1;

    private final StageTable table;
    private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();

    private @Nullable ScheduledThreadPoolExecutor clock;
    private List<Future<?>> ticks = List.of();
    /** A thread per subscriber that something is being sent to at the moment. */
    private @Nullable ExecutorService senders;

    private volatile boolean running;

    /** How far all subscribers have been told; of the poller only. */
    private long position = NOWHERE;

    private boolean troubled;

    Subscribers(StageTable table) {
        this.table = table;
    }

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        senders = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "stream-sender");
            thread.setDaemon(true);
            return thread;
        });
        ScheduledThreadPoolExecutor ticking = new ScheduledThreadPoolExecutor(2, work -> {
            Thread thread = new Thread(work, "stream-poller");
            thread.setDaemon(true);
            return thread;
        });
        ticks = List.of(
                ticking.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS),
                ticking.scheduleWithFixedDelay(this::beat, HEARTBEAT_SECONDS, HEARTBEAT_SECONDS, TimeUnit.SECONDS));
        clock = ticking;
        running = true;
    }

    /** Before the web server stops, which would wait for streams that have no end. */
    @Override
    public synchronized void stop() {
        running = false;
        ticks.forEach(tick -> tick.cancel(true));
        if (clock != null) {
            clock.shutdown();
        }
        subscribers.forEach(Subscriber::end);
        subscribers.clear();
        if (senders != null) {
            senders.shutdown();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Empty when there are too many. */
    synchronized Optional<Subscriber> add(Wanted wanted, @Nullable Long lastEventId) {
        subscribers.removeIf(Subscriber::isGone);
        if (!running || senders == null || subscribers.size() >= MOST) {
            return Optional.empty();
        }
        Subscriber subscriber = new Subscriber(wanted, lastEventId, senders);
        subscriber.send(Frames.HELLO);
        subscribers.add(subscriber);
        return Optional.of(subscriber);
    }

    private void beat() {
        subscribers.forEach(Subscriber::heartbeat);
    }

    private void look() {
        try {
            subscribers.removeIf(Subscriber::isGone);
            if (subscribers.isEmpty()) {
                position = NOWHERE;
                return;
            }
            tell(List.copyOf(subscribers));
            if (troubled) {
                troubled = false;
                LOG.info("the stream goes on");
            }
        } catch (DataAccessException e) {
            if (running && !troubled) {
                troubled = true;
                LOG.warn("the stream waits for the read tables: {}", e.toString());
            }
        } catch (RuntimeException | Error e) {
            LOG.error("the stream could not be told what changed; it is tried again", e);
        }
    }

    private void tell(List<Subscriber> present) {
        Reached reached = table.reached();
        boolean removed = position != NOWHERE && reached.removed() > position;
        Map<Wanted, List<String>> changes = new HashMap<>();
        Map<Wanted, List<String>> snapshots = new HashMap<>();
        for (Subscriber subscriber : present) {
            Wanted wanted = subscriber.wanted();
            if (!subscriber.hasBegun()) {
                Long last = subscriber.lastEventId();
                List<String> frames = last != null && last >= reached.removed() && last <= reached.changed()
                        ? changes(wanted, last, reached.changed())
                        : snapshots.computeIfAbsent(wanted, absent -> snapshot(absent, reached.changed()));
                frames.forEach(subscriber::send);
                subscriber.begin();
            } else if (removed) {
                snapshots
                        .computeIfAbsent(wanted, absent -> snapshot(absent, reached.changed()))
                        .forEach(subscriber::send);
            } else if (reached.changed() > position) {
                changes.computeIfAbsent(wanted, absent -> changes(absent, position, reached.changed()))
                        .forEach(subscriber::send);
            }
        }
        position = reached.changed();
    }

    /** What a row was in between is not told, only what it is. */
    private List<String> changes(Wanted wanted, long after, long upTo) {
        if (after == upTo) {
            return List.of();
        }
        List<String> rows = table.changes(wanted.policy(), wanted.dimensions(), after, upTo).stream()
                .map(Changed::figures)
                .toList();
        return rows.isEmpty() ? List.of() : List.of(Frames.rows(upTo, rows));
    }

    private List<String> snapshot(Wanted wanted, long upTo) {
        List<String> frames = new ArrayList<>();
        for (Iterator<String> names = wanted.dimensions().iterator(); names.hasNext(); ) {
            String dimension = names.next();
            List<String> rows = table.figures(wanted.policy(), dimension);
            frames.add(Frames.snapshot(names.hasNext() ? null : upTo, dimension, rows));
        }
        return frames;
    }
}
