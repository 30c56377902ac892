package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.projections.PatientTask;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * What processes that share a database have to know of each other's replays: that they are still there, which were cancelled at another one, and which nobody makes any
 * more. A process is gone when the beat of its replays has not gone on for a while, though this one saw the database all the time: a database that was away stops
 * everybody's.
 */
@Component
class ReplayWatch extends PatientTask {

    private static final Logger LOG = LoggerFactory.getLogger(ReplayWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration MOST_BETWEEN = EVERY.multipliedBy(5);
    private static final int MOST_DOUBLINGS = 3;

    private final ReplayArchive archive;
    private final Replays replays;
    private final String instance;
    private final Duration goneAfter;
    private final Map<UUID, Seen> others = new HashMap<>();
    private long lookedAt;

    /**
     * A replay of another process.
     *
     * @param beat how often it was told to be alive
     * @param since when that was seen first, by {@link System#nanoTime}
     */
    private record Seen(long beat, long since) {}

    ReplayWatch(
            ReplayArchive archive,
            Replays replays,
            @Value("${lifecycle.instance:1}") String instance,
            @Value("${lifecycle.replays.gone-after:PT1M}") Duration goneAfter) {
        super("replay-watch", EVERY, MOST_DOUBLINGS);
        this.archive = archive;
        this.replays = replays;
        this.instance = instance;
        this.goneAfter = goneAfter;
    }

    @Override
    protected void work() {
        while (isRunning()) {
            Set<UUID> underWay = replays.underWay();
            archive.beat(underWay);
            archive.endedOf(underWay).forEach(replays::stop);
            failThoseOfNobody();
            recovered();
            pause(EVERY);
        }
    }

    private void failThoseOfNobody() {
        Map<UUID, Long> beats = archive.beatsOfOthers(instance);
        long now = System.nanoTime();
        if (now - lookedAt > MOST_BETWEEN.toNanos()) {
            // Neither this process nor others may have reached the database meanwhile.
            others.clear();
        }
        lookedAt = now;
        others.keySet().retainAll(beats.keySet());
        beats.forEach((id, beat) -> {
            Seen seen = others.get(id);
            if (seen == null || seen.beat() != beat) {
                others.put(id, new Seen(beat, now));
            } else if (now - seen.since() > goneAfter.toNanos()) {
                LOG.warn("the process that makes replay {} is gone", id);
                archive.failed(
                        id,
                        "the process that made it is gone; ask again",
                        Instant.now().truncatedTo(ChronoUnit.MICROS));
                archive.dropUnlisted();
            }
        });
    }

    @Override
    protected void tellTrouble(Exception trouble) {
        LOG.warn(
                "other processes do not hear of this one's replays, tried again until it works: {}",
                trouble.toString());
    }
}
