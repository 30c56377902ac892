package io.smarketing.lifecycle.standalone.bench;

import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.api.store.EventColumns;
import io.smarketing.lifecycle.api.store.LeadStore;
import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.event.RecordedCodec.UnreadableRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.axonframework.common.jdbc.UnitOfWorkAwareConnectionProviderWrapper;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventHandlerInvoker;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.PropagatingErrorHandler;
import org.axonframework.eventhandling.Segment;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.pooled.PooledStreamingEventProcessor;
import org.axonframework.eventhandling.tokenstore.inmemory.InMemoryTokenStore;
import org.axonframework.eventsourcing.eventstore.EmbeddedEventStore;
import org.axonframework.eventsourcing.eventstore.jdbc.JdbcEventStorageEngine;
import org.axonframework.messaging.StreamableMessageSource;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.axonframework.serialization.Serializer;
import org.axonframework.spring.jdbc.SpringDataSourceConnectionProvider;

/**
 * The same work by Axon's pooled streaming processor: the same table, serializer and records, a Kafka transaction a batch with the
 * relay's own producer settings, one producer a segment. Gaps are kept for ever, without which it loses events; its tokens are in
 * memory, which costs it least; payloads go through as they are stored, as the relay's do.
 */
final class AxonPeer implements AutoCloseable {

    private static final String KEY = "transaction";
    private static final int CACHED = 1_000;

    private final Workbench workbench;
    private final String topic;
    private final Serializer serializer;
    private final RecordedCodec codec = new RecordedCodec();
    private final Map<Integer, KafkaProducer<byte[], byte[]>> producers = new ConcurrentHashMap<>();
    private final LongAdder carried = new LongAdder();
    private final EmbeddedEventStore store;
    private final ScheduledExecutorService coordinator = Executors.newScheduledThreadPool(1);
    private final ScheduledExecutorService workers;
    private final PooledStreamingEventProcessor processor;

    /** How it is run. */
    record Setting(int batchSize, int segments) {

        @Override
        public String toString() {
            return "batches of %,d, %d segment%s".formatted(batchSize, segments, segments == 1 ? "" : "s");
        }
    }

    AxonPeer(Workbench workbench, String topic, Setting setting) {
        this.workbench = workbench;
        this.topic = topic;
        this.serializer = workbench.bean(LeadStore.class).getEventSerializer();
        this.store = EmbeddedEventStore.builder()
                .storageEngine(engine(setting.batchSize()))
                // Each event that is cached holds its token, and each token all gaps there were.
                .cachedEvents(CACHED)
                .build();
        this.workers = Executors.newScheduledThreadPool(setting.segments());
        this.processor = PooledStreamingEventProcessor.builder()
                .name("bench")
                .eventHandlerInvoker(new Publisher())
                .errorHandler(PropagatingErrorHandler.INSTANCE)
                .messageSource(store)
                .tokenStore(new InMemoryTokenStore())
                .transactionManager(workbench.bean(TransactionManager.class))
                .coordinatorExecutor(coordinator)
                .workerExecutor(workers)
                .initialToken(StreamableMessageSource::createTailToken)
                .initialSegmentCount(setting.segments())
                .batchSize(setting.batchSize())
                .build();
    }

    private JdbcEventStorageEngine engine(int batchSize) {
        return JdbcEventStorageEngine.builder()
                .connectionProvider(new UnitOfWorkAwareConnectionProviderWrapper(
                        new SpringDataSourceConnectionProvider(workbench.bean(javax.sql.DataSource.class))))
                .transactionManager(workbench.bean(TransactionManager.class))
                .schema(EventColumns.schema().eventTable("lifecycle.lead_event").build())
                .dataType(String.class)
                .eventSerializer(serializer)
                .snapshotSerializer(serializer)
                .batchSize(batchSize)
                .maxGapOffset(Integer.MAX_VALUE)
                .gapTimeout(Integer.MAX_VALUE)
                .build();
    }

    void start() {
        processor.start();
    }

    /** Events whose Kafka transaction is committed. */
    long carried() {
        return carried.sum();
    }

    /** What Kafka has taken in one transaction. */
    private static final class Batch {

        private int events;
    }

    private final class Publisher implements EventHandlerInvoker {

        @Override
        public boolean canHandle(EventMessage<?> message, Segment segment) {
            return segment.matches(((DomainEventMessage<?>) message).getAggregateIdentifier());
        }

        @Override
        public void handle(EventMessage<?> message, Segment segment) throws UnreadableRecord {
            KafkaProducer<byte[], byte[]> producer =
                    producers.computeIfAbsent(segment.getSegmentId(), AxonPeer.this::producer);
            UnitOfWork<?> work = CurrentUnitOfWork.get().root();
            Batch batch = work.getOrComputeResource(KEY, key -> begin(work, producer));
            // The commit tells whether it went.
            var unused = producer.send(letter((DomainEventMessage<?>) message));
            batch.events++;
        }

        private Batch begin(UnitOfWork<?> work, KafkaProducer<byte[], byte[]> producer) {
            Batch batch = new Batch();
            producer.beginTransaction();
            work.onPrepareCommit(unit -> producer.commitTransaction());
            work.afterCommit(unit -> carried.add(batch.events));
            work.onRollback(unit -> producer.abortTransaction());
            return batch;
        }
    }

    private KafkaProducer<byte[], byte[]> producer(int segment) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                workbench.bean(KafkaSettings.class).transactionalProducer("bench-" + topic + "-" + segment));
        producer.initTransactions();
        return producer;
    }

    private ProducerRecord<byte[], byte[]> letter(DomainEventMessage<?> event) throws UnreadableRecord {
        String stored = event.serializePayload(serializer, String.class).getData();
        RecordedCodec.Parts parts = codec.parts(stored.getBytes(StandardCharsets.UTF_8));
        long position =
                ((TrackedEventMessage<?>) event).trackingToken().position().orElse(-1);
        List<Header> headers = new ArrayList<>();
        parts.attributes().forEach((name, value) -> headers.add(header("ce_" + name, value)));
        headers.add(header("ce_sequence", String.valueOf(event.getSequenceNumber())));
        headers.add(header("ce_position", String.valueOf(position)));
        headers.add(header("content-type", "application/json"));
        return new ProducerRecord<>(
                topic, null, event.getAggregateIdentifier().getBytes(StandardCharsets.UTF_8), parts.data(), headers);
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        processor.shutDown();
        workers.shutdownNow();
        coordinator.shutdownNow();
        store.shutDown();
        producers.values().forEach(producer -> producer.close(Duration.ofSeconds(5)));
    }
}
