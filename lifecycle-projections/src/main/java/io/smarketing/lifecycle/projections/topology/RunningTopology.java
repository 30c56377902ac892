package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.event.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a topology until it is stopped. Nobody waits for it: while Kafka is away, or the topics are not there yet, it tries
 * again in a thread of its own.
 */
final class RunningTopology {

    private static final Logger LOG = LoggerFactory.getLogger(RunningTopology.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration REBALANCE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);
    private static final Duration TRY_AGAIN = Duration.ofMillis(500);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final int SAID_EVERY = 20;
    private static final int MOST_LOOKS = 20;

    private final StreamsSettings.Pace pace;
    private final String application;
    private final FunnelTopology topology;
    private final StreamsEnvironment environment;
    private final List<String> former;
    private @Nullable Thread starter;
    private @Nullable KafkaStreams streams;
    private volatile boolean running;

    RunningTopology(
            StreamsSettings.Pace pace, String application, FunnelTopology topology, StreamsEnvironment environment) {
        this(pace, application, topology, environment, List.of());
    }

    /** @param former whose places it takes: what those left in Kafka and on disk is deleted */
    RunningTopology(
            StreamsSettings.Pace pace,
            String application,
            FunnelTopology topology,
            StreamsEnvironment environment,
            List<String> former) {
        this.pace = pace;
        this.former = former;
        this.application = application;
        this.topology = topology;
        this.environment = environment;
    }

    synchronized void start() {
        if (running) {
            return;
        }
        running = true;
        Thread thread = new Thread(this::startWhenTopicsAreThere, application + "-start");
        thread.setDaemon(true);
        starter = thread;
        thread.start();
    }

    private void startWhenTopicsAreThere() {
        while (running) {
            try {
                awaitTopics();
                for (String application : former) {
                    forget(application, environment);
                    environment.deleteState(application);
                }
                open();
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                LOG.error("The topology {} cannot start; tried again in {}", application, PAUSE_AFTER_FAILURE, e);
                environment.failures().failed(application);
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
        List<String> topics = List.of(
                Topic.LEAD_EVENTS.topicName(),
                Topic.LEAD_STATE.topicName(),
                Topic.FUNNEL_STAGES.topicName(),
                Topic.FUNNEL_SHARED.topicName());
        try (Admin admin = Admin.create(environment.adminSettings())) {
            for (int attempt = 0; running; attempt++) {
                String obstacle = obstacle(admin, topics);
                if (obstacle == null) {
                    TopicLimits.raise(application, admin);
                    return;
                }
                if (attempt % SAID_EVERY == 0) {
                    LOG.info("The topology {} waits: {}", application, obstacle);
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
        KafkaStreams opened = new KafkaStreams(topology.build(), environment.streamsSettings(pace, application));
        opened.setUncaughtExceptionHandler(failure -> {
            LOG.error("A thread of the topology {} failed; another takes its place", application, failure);
            environment.failures().failed(application);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        streams = opened;
        opened.start();
    }

    /** Commits what is done. The member stays in its group: after a restart it goes on at once. */
    void stop() {
        close(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP);
    }

    /** Ends for good: its state, its internal topics and its group are deleted. */
    void stopAndForget() {
        KafkaStreams closed = close(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
        try {
            if (closed == null) {
                closed = new KafkaStreams(topology.build(), environment.streamsSettings(pace, application));
            }
            closed.cleanUp();
            // One that never ran holds the folder all the same.
            closed.close();
        } catch (RuntimeException e) {
            LOG.warn("The topology {} has ended; its state is left: {}", application, e.toString());
        }
        forget(application, environment);
    }

    private static List<String> internalTopics(String application, Admin admin)
            throws InterruptedException, ExecutionException, TimeoutException {
        return admin.listTopics().names().get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS).stream()
                .filter(topic -> topic.startsWith(application + "-"))
                .toList();
    }

    /** Those that were stopped and stay would be given the old work when they come back. */
    private static void removeMembers(String application, Admin admin)
            throws InterruptedException, ExecutionException, TimeoutException {
        boolean hasMembers = admin
                .describeConsumerGroups(List.of(application))
                .all()
                .get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .values()
                .stream()
                .anyMatch(group -> !group.members().isEmpty());
        if (hasMembers) {
            admin.removeMembersFromConsumerGroup(application, new RemoveMembersFromConsumerGroupOptions())
                    .all()
                    .get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Deletes the internal topics and the group of an application that runs no more; without them, it does nothing. */
    static void forget(String application, StreamsEnvironment environment) {
        try (Admin admin = Admin.create(environment.adminSettings())) {
            List<String> topics = internalTopics(application, admin);
            if (topics.isEmpty()) {
                return;
            }
            removeMembers(application, admin);
            admin.deleteConsumerGroups(List.of(application)).all().get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            admin.deleteTopics(topics).all().get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            // Who begins anew under the name must not take those for his own that are still going.
            for (int look = 0;
                    look < MOST_LOOKS && !internalTopics(application, admin).isEmpty();
                    look++) {
                Thread.sleep(TRY_AGAIN.toMillis());
            }
            Thread.sleep(TRY_AGAIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            LOG.warn(
                    "The topology {} has ended; topics that begin with its name, and its group, are left: {}",
                    application,
                    e.toString());
        }
    }

    private @Nullable KafkaStreams close(CloseOptions.GroupMembershipOperation membership) {
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
            if (!open.close(CloseOptions.timeout(CLOSE_TIMEOUT).withGroupMembershipOperation(membership))) {
                LOG.warn(
                        "The topology {} did not close within {}; what it had not committed is done again",
                        application,
                        CLOSE_TIMEOUT);
            }
        }
        environment.failures().ended(application);
        return open;
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

    boolean isRunning() {
        return running;
    }

    /** As Kafka Streams tells it; empty while the topics are not there. */
    synchronized Optional<KafkaStreams.State> state() {
        return Optional.ofNullable(streams).map(KafkaStreams::state);
    }
}
