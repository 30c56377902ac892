package io.smarketing.lifecycle.standalone.serve;

import io.smarketing.lifecycle.standalone.serve.TransactionOutcomes.OpenTransaction;
import java.io.IOException;
import java.time.Duration;
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
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.requests.TransactionResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends transactions that hang: a partition waits for an end that the broker's coordinator believes to have told, and readers of that partition with
 * it. With Kafka 4.3.1 that is what a kill could leave ({@link KilledBroker}). A partition is told what was decided of the transaction: a commit of
 * offsets that was aborted in its partition alone would have rows added up twice.
 */
final class HangingTransactions implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HangingTransactions.class);
    private static final int PERIOD_SECONDS = 5;

    private final Admin admin;
    private final TransactionOutcomes outcomes;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "hanging-transactions");
        thread.setDaemon(true);
        return thread;
    });

    /** What hung at the last look; it is ended if it still does at the next. */
    private Set<OpenTransaction> suspects = new HashSet<>();

    /** Of producers whose transactions are over, as the coordinator told at the last look. */
    private Map<Long, TransactionListing> ended = Map.of();

    private HangingTransactions(Admin admin, TransactionOutcomes outcomes) {
        this.admin = admin;
        this.outcomes = outcomes;
    }

    /** @param port of the broker at localhost */
    static HangingTransactions watch(int port) {
        HangingTransactions watch = new HangingTransactions(
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, Port.LOCALHOST + ":" + port)),
                new TransactionOutcomes(port));
        var unused = watch.clock.scheduleWithFixedDelay(watch::look, 1, PERIOD_SECONDS, TimeUnit.SECONDS);
        return watch;
    }

    private void look() {
        try {
            Set<OpenTransaction> hanging = find();
            suspects.retainAll(hanging);
            if (!suspects.isEmpty()) {
                Map<OpenTransaction, TransactionResult> decided = outcomes.decided(suspects);
                suspects.forEach(transaction -> end(transaction, decided.get(transaction)));
            }
            suspects = hanging;
        } catch (ExecutionException | RuntimeException e) {
            LOG.debug("hanging transactions are looked for again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Set<OpenTransaction> find() throws ExecutionException, InterruptedException {
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
        Map<Long, TransactionListing> over = new HashMap<>();
        for (TransactionListing transaction : admin.listTransactions().all().get()) {
            if (transaction.state() == TransactionState.EMPTY
                    || transaction.state() == TransactionState.COMPLETE_ABORT
                    || transaction.state() == TransactionState.COMPLETE_COMMIT) {
                over.put(transaction.producerId(), transaction);
            }
        }
        ended = over;
        Set<OpenTransaction> hanging = new HashSet<>();
        open.forEach((partition, producers) -> producers.stream()
                .filter(producer -> over.containsKey(producer.producerId()))
                .forEach(producer -> hanging.add(new OpenTransaction(
                        partition,
                        producer.producerId(),
                        (short) producer.producerEpoch(),
                        producer.coordinatorEpoch().orElse(-1)))));
        return hanging;
    }

    /** @param decided null where it is not known */
    private void end(OpenTransaction transaction, @Nullable TransactionResult decided) {
        if (decided == null) {
            LOG.error(
                    "a transaction that nobody ends any more is aborted, though it is not known what was decided of it: {}. If it was"
                            + " committed elsewhere, rows may be added up twice: compare the funnel with `lifecycle funnel` of an export; its coordinator"
                            + " says {}",
                    transaction,
                    ended.get(transaction.producerId()));
        } else {
            LOG.warn(
                    "a transaction that nobody ends any more is ended as was decided, {}: {}; its coordinator says {}",
                    decided,
                    transaction,
                    ended.get(transaction.producerId()));
        }
        try {
            outcomes.end(transaction, decided == null ? TransactionResult.ABORT : decided);
        } catch (IOException e) {
            LOG.warn("it is tried again: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        admin.close(Duration.ofSeconds(1));
    }
}
