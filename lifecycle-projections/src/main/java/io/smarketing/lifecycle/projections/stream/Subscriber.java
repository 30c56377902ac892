package io.smarketing.lifecycle.projections.stream;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter.DataWithMediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * One connection. What it is to get waits in a queue, so that a client that reads slowly holds up nobody else; one that
 * lags too far behind is let go, and resumes from the last event it has got.
 */
final class Subscriber {

    private static final Logger LOG = LoggerFactory.getLogger(Subscriber.class);

    private static final int MOST_WAITING = 32;
    /** A stream ends then, so that none is kept for ever of which nobody heard that its client has gone. */
    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final MediaType TEXT = new MediaType("text", "plain", StandardCharsets.UTF_8);

    private final Wanted wanted;
    private final @Nullable Long lastEventId;
    private final Executor senders;
    /** Without a timeout of its own: {@link #heartbeat} ends it in order. */
    private final SseEmitter emitter = new SseEmitter(0L);

    private final long since = System.nanoTime();

    private final Deque<String> waiting = new ArrayDeque<>();
    private boolean sending;
    private boolean ending;
    private volatile boolean gone;
    private boolean begun;

    Subscriber(Wanted wanted, @Nullable Long lastEventId, Executor senders) {
        this.wanted = wanted;
        this.lastEventId = lastEventId;
        this.senders = senders;
        emitter.onCompletion(() -> gone = true);
        emitter.onError(failure -> gone = true);
    }

    SseEmitter emitter() {
        return emitter;
    }

    Wanted wanted() {
        return wanted;
    }

    /** The last event the client has from an earlier connection. */
    @Nullable Long lastEventId() {
        return lastEventId;
    }

    boolean isGone() {
        return gone;
    }

    /** Whether it has been told where the funnel stands; only the poller asks and tells. */
    boolean hasBegun() {
        return begun;
    }

    void begin() {
        begun = true;
    }

    void heartbeat() {
        heartbeat(System.nanoTime());
    }

    /** Keeps the connection busy, or ends it once it is old. */
    void heartbeat(long nanoTime) {
        if (nanoTime - since > LONGEST_NANOS) {
            end();
            return;
        }
        synchronized (waiting) {
            if (!waiting.isEmpty()) {
                return;
            }
        }
        send(Frames.HEARTBEAT);
    }

    void send(String frame) {
        synchronized (waiting) {
            if (ending || gone) {
                return;
            }
            if (waiting.size() >= MOST_WAITING) {
                waiting.clear();
                ending = true;
            } else {
                waiting.add(frame);
            }
            begin(senders);
        }
    }

    /** After what waits now, no more. */
    void end() {
        synchronized (waiting) {
            ending = true;
            begin(senders);
        }
    }

    private void begin(Executor executor) {
        if (!sending) {
            sending = true;
            executor.execute(this::sendWaiting);
        }
    }

    private void sendWaiting() {
        while (true) {
            String frame;
            synchronized (waiting) {
                frame = waiting.poll();
                if (frame == null) {
                    sending = false;
                    if (!ending) {
                        return;
                    }
                }
            }
            if (frame == null) {
                emitter.complete();
                gone = true;
                return;
            }
            try {
                emitter.send(Set.of(new DataWithMediaType(frame, TEXT)));
            } catch (IOException | IllegalStateException e) {
                // The client has gone, which is its right. The container completes the request.
                LOG.debug("a subscriber has gone", e);
                gone = true;
                return;
            }
        }
    }
}
