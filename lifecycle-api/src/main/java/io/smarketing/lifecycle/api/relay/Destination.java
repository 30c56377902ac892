package io.smarketing.lifecycle.api.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaAdmin;

/** The topics that something is carried to, as Kafka has them now. Those that are missing are made. */
public final class Destination implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Destination.class);
    private static final long ANSWER_WITHIN_SECONDS = 15;
    private static final long LOOK_AGAIN_MILLIS = 50;
    private static final int SAID_EVERY = 200;

    private final Admin admin;
    private final KafkaAdmin declared;
    private final List<String> topics;

    Destination(Admin admin, KafkaAdmin declared, List<String> topics) {
        this.admin = admin;
        this.declared = declared;
        this.topics = topics;
    }

    /**
     * Which topics they are and where each partition begins. It changes when a topic is deleted and made anew or loses its beginning, and
     * at no other time.
     */
    public String identity() {
        Map<TopicPartition, ListOffsetsResultInfo> beginnings = offsets(OffsetSpec.earliest());
        return there().stream()
                .map(topic -> topic.topicId() + ":"
                        + topic.partitions().stream()
                                .map(partition ->
                                        beginnings.get(new TopicPartition(topic.name(), partition.partition())))
                                .map(beginning -> beginning == null ? "" : beginning.offset() + ",")
                                .collect(Collectors.joining()))
                .collect(Collectors.joining(";"));
    }

    /**
     * Whether the topics are still those of an earlier {@link #identity}; partitions may have come since.
     *
     * @param earlier empty where it is not known
     */
    static boolean isSame(String earlier, String now) {
        return earlier.isEmpty() || now.startsWith(earlier);
    }

    /** Whether nothing of them was ever deleted. */
    static boolean isWhole(String identity) {
        return identity.matches("([^:;]+:(0,)+;?)+");
    }

    /** Where the partitions end, in their order; what is not committed yet counts. */
    List<Long> ends() {
        Map<TopicPartition, ListOffsetsResultInfo> ends = offsets(OffsetSpec.latest());
        return ends.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> entry.getKey().partition()))
                .map(entry -> entry.getValue().offset())
                .toList();
    }

    /**
     * Waits until whoever reads committed records reads all that is in them now. Behind a transaction that is open, or whose end was lost,
     * he sees nothing, not even what was committed, and would take it for not being there.
     *
     * @param goesOn asked again and again, to wait no longer
     * @return false when it did not go on
     */
    boolean awaitReadable(BooleanSupplier goesOn) {
        Map<TopicPartition, ListOffsetsResultInfo> ends = offsets(OffsetSpec.latest());
        for (int look = 1; goesOn.getAsBoolean(); look++) {
            Map<TopicPartition, Long> hidden = new HashMap<>();
            offsets(OffsetSpec.latest(), IsolationLevel.READ_COMMITTED).forEach((partition, readable) -> {
                ListOffsetsResultInfo end = ends.get(partition);
                if (end != null && readable.offset() < end.offset()) {
                    hidden.put(partition, readable.offset());
                }
            });
            if (hidden.isEmpty()) {
                return true;
            }
            if (look % SAID_EVERY == 0) {
                LOG.error(
                        "waiting: a transaction that nobody has ended hides what lies behind these offsets: {}. The own Kafka is looked after;"
                                + " with one of yours, `kafka-transactions.sh find-hanging` tells which (docs/guarantees.md)",
                        hidden);
            }
            pause();
        }
        return false;
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    /** Deletes all that is in them. Offsets go on, so that readers who knew the end find what comes. */
    void empty() {
        Map<TopicPartition, RecordsToDelete> ends = new HashMap<>();
        offsets(OffsetSpec.latest())
                .forEach((partition, end) -> ends.put(partition, RecordsToDelete.beforeOffset(end.offset())));
        answer(admin.deleteRecords(ends).all());
    }

    private Map<TopicPartition, ListOffsetsResultInfo> offsets(OffsetSpec which) {
        return offsets(which, IsolationLevel.READ_UNCOMMITTED);
    }

    private Map<TopicPartition, ListOffsetsResultInfo> offsets(OffsetSpec which, IsolationLevel readable) {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (TopicDescription topic : there()) {
            topic.partitions()
                    .forEach(partition -> asked.put(new TopicPartition(topic.name(), partition.partition()), which));
        }
        return answer(admin.listOffsets(asked, new ListOffsetsOptions(readable)).all());
    }

    private List<TopicDescription> there() {
        try {
            return descriptions();
        } catch (UnknownTopicOrPartitionException e) {
            declared.initialize();
            return descriptions();
        }
    }

    private List<TopicDescription> descriptions() {
        Map<String, TopicDescription> found =
                answer(admin.describeTopics(topics).allTopicNames());
        List<TopicDescription> descriptions = new ArrayList<>();
        for (String topic : topics) {
            TopicDescription description = found.get(topic);
            if (description != null) {
                descriptions.add(description);
            }
        }
        return descriptions;
    }

    private static <T> T answer(org.apache.kafka.common.KafkaFuture<T> future) {
        try {
            return future.get(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException("Kafka does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
