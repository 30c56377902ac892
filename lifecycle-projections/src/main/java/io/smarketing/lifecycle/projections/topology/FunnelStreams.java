package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.event.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Runs the topology as long as the application runs. The application does not wait for it: while Kafka is away, or the topics are
 * not there yet, it tries again in a thread of its own.
 */
@Component
public class FunnelStreams implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(FunnelStreams.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration REBALANCE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);
    private static final Duration TRY_AGAIN = Duration.ofMillis(500);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final int SAID_EVERY = 20;
    private static final int BROKERS_DEFAULT = -1;

    private final KafkaProperties kafka;
    private final String stateDir;
    private final String instance;
    private final int owners;
    private final int replicationFactor;
    private final TopologyCounts counts = new TopologyCounts();
    private @Nullable Thread starter;
    private @Nullable KafkaStreams streams;
    private volatile boolean running;

    FunnelStreams(
            KafkaProperties kafka,
            @Value("${lifecycle.state-dir:lifecycle-data/streams}") String stateDir,
            @Value("${lifecycle.streams.instance:1}") String instance,
            @Value("${lifecycle.streams.row-partitions:2}") int owners,
            @Value("${lifecycle.topics.replication-factor:#{null}}") Optional<Short> replicationFactor) {
        this.kafka = kafka;
        this.stateDir = stateDir;
        this.instance = instance;
        this.owners = owners;
        this.replicationFactor = replicationFactor.map(Short::intValue).orElse(BROKERS_DEFAULT);
    }

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        running = true;
        Thread thread = new Thread(this::startWhenTopicsAreThere, "funnel-streams-start");
        thread.setDaemon(true);
        starter = thread;
        thread.start();
    }

    private void startWhenTopicsAreThere() {
        while (running) {
            try {
                awaitTopics();
                open();
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                LOG.error("The funnel topology cannot start; tried again in {}", PAUSE_AFTER_FAILURE, e);
                pauseAfterFailure();
            }
        }
    }

    private static void pauseAfterFailure() {
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitTopics() throws InterruptedException {
        List<String> topics =
                List.of(Topic.LEAD_EVENTS.topicName(), Topic.LEAD_STATE.topicName(), Topic.FUNNEL_STAGES.topicName());
        try (Admin admin = Admin.create(kafka.buildAdminProperties())) {
            for (int attempt = 0; running; attempt++) {
                String obstacle = obstacle(admin, topics);
                if (obstacle == null) {
                    return;
                }
                if (attempt % SAID_EVERY == 0) {
                    LOG.info("The funnel topology waits: {}", obstacle);
                }
                Thread.sleep(TRY_AGAIN.toMillis());
            }
        }
    }

    private static @Nullable String obstacle(Admin admin, List<String> topics) throws InterruptedException {
        try {
            Set<String> there = admin.listTopics().names().get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            return topics.stream()
                    .filter(topic -> !there.contains(topic))
                    .findFirst()
                    .map(topic -> "the topic " + topic + " does not exist")
                    .orElse(null);
        } catch (ExecutionException | TimeoutException e) {
            return "Kafka does not answer: " + (e.getCause() == null ? e : e.getCause());
        }
    }

    private synchronized void open() {
        if (!running) {
            return;
        }
        Properties settings = StreamsSettings.of(stateDir, instance, replicationFactor, kafka.buildStreamsProperties());
        KafkaStreams opened = new KafkaStreams(new FunnelTopology(counts, owners).build(), settings);
        opened.setUncaughtExceptionHandler(failure -> {
            LOG.error("A thread of the funnel topology failed; another takes its place", failure);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        streams = opened;
        opened.start();
    }

    /** Commits what is done. The member stays in its group: after a restart it goes on at once. */
    @Override
    public void stop() {
        Thread thread;
        KafkaStreams open;
        synchronized (this) {
            running = false;
            thread = starter;
            open = streams;
            starter = null;
            streams = null;
        }
        if (thread != null) {
            thread.interrupt();
        }
        if (open != null) {
            awaitRebalance(open);
            if (!open.close(CloseOptions.timeout(CLOSE_TIMEOUT)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP))) {
                LOG.warn(
                        "The funnel topology did not close within {}; what it had not committed is done again",
                        CLOSE_TIMEOUT);
            }
        }
    }

    /**
     * A thread that is told to stop while partitions are being shared out waits for the others to answer, and one that has stopped
     * and stays a member answers no more.
     */
    private static void awaitRebalance(KafkaStreams open) {
        long patience = System.nanoTime() + REBALANCE_TIMEOUT.toNanos();
        while (open.state() == KafkaStreams.State.REBALANCING && System.nanoTime() < patience) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** As Kafka Streams tells it; empty while the topics are not there. */
    public synchronized Optional<KafkaStreams.State> state() {
        return Optional.ofNullable(streams).map(KafkaStreams::state);
    }

    /** What it met that should not be. */
    public TopologyCounts counts() {
        return counts;
    }
}
