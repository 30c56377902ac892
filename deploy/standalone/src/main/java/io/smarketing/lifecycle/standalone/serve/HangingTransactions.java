package io.smarketing.lifecycle.standalone.serve;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends transactions that the broker's coordinator has forgotten. When it is killed while it ends one, a partition (seen with
 * Kafka 4.3.1: one of the committed offsets) can be left waiting for an end that never comes, and readers of that partition with
 * it. Does what {@code kafka-transactions abort} does by hand.
 */
final class HangingTransactions implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HangingTransactions.class);
    private static final int PERIOD_SECONDS = 5;

    private final Admin admin;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "hanging-transactions");
        thread.setDaemon(true);
        return thread;
    });

    /** What hung at the last look; it is ended if it still does at the next. */
    private Set<Hanging> suspects = Set.of();

    private record Hanging(TopicPartition partition, long producerId, int epoch, int coordinatorEpoch) {}

    private HangingTransactions(Admin admin) {
        this.admin = admin;
    }

    static HangingTransactions watch(String bootstrapServers) {
        HangingTransactions watch = new HangingTransactions(
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers)));
        var unused = watch.clock.scheduleWithFixedDelay(watch::look, 1, PERIOD_SECONDS, TimeUnit.SECONDS);
        return watch;
    }

    private void look() {
        try {
            Set<Hanging> hanging = find();
            for (Hanging transaction : hanging) {
                if (suspects.contains(transaction)) {
                    end(transaction);
                }
            }
            suspects = hanging;
        } catch (ExecutionException | RuntimeException e) {
            LOG.debug("hanging transactions are looked for again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Set<Hanging> find() throws ExecutionException, InterruptedException {
        List<TopicPartition> partitions = new ArrayList<>();
        Set<String> topics = admin.listTopics(new ListTopicsOptions().listInternal(true))
                .names()
                .get();
        admin.describeTopics(topics)
                .allTopicNames()
                .get()
                .forEach((topic, description) -> description
                        .partitions()
                        .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition()))));
        Map<TopicPartition, List<ProducerState>> open = new HashMap<>();
        admin.describeProducers(partitions)
                .all()
                .get()
                .forEach((partition, state) -> open.put(
                        partition,
                        state.activeProducers().stream()
                                .filter(producer ->
                                        producer.currentTransactionStartOffset().isPresent())
                                .toList()));
        Set<Long> ended = new HashSet<>();
        for (TransactionListing transaction : admin.listTransactions().all().get()) {
            if (transaction.state() == TransactionState.EMPTY
                    || transaction.state() == TransactionState.COMPLETE_ABORT
                    || transaction.state() == TransactionState.COMPLETE_COMMIT) {
                ended.add(transaction.producerId());
            }
        }
        Set<Hanging> hanging = new HashSet<>();
        open.forEach((partition, producers) -> producers.stream()
                .filter(producer -> ended.contains(producer.producerId()))
                .forEach(producer -> hanging.add(new Hanging(
                        partition,
                        producer.producerId(),
                        producer.producerEpoch(),
                        producer.coordinatorEpoch().orElse(-1)))));
        return hanging;
    }

    private void end(Hanging transaction) throws ExecutionException, InterruptedException {
        LOG.warn("a transaction that nobody ends any more is aborted: {}", transaction);
        admin.abortTransaction(new AbortTransactionSpec(
                        transaction.partition(),
                        transaction.producerId(),
                        (short) transaction.epoch(),
                        transaction.coordinatorEpoch()))
                .all()
                .get();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        admin.close(java.time.Duration.ofSeconds(1));
    }
}
