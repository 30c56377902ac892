package io.smarketing.lifecycle.standalone.bench;

import io.smarketing.lifecycle.api.store.EventColumns;
import io.smarketing.lifecycle.event.Arrival;
import io.smarketing.lifecycle.event.CloudEventCodec;
import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.lead.ActivePolicy;
import io.smarketing.lifecycle.lead.Lead;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.RecordEvent;
import io.smarketing.lifecycle.lead.RefusedCommand;
import io.smarketing.lifecycle.standalone.send.Subjects;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.axonframework.commandhandling.CommandExecutionException;
import org.axonframework.commandhandling.SimpleCommandBus;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.axonframework.common.jdbc.UnitOfWorkAwareConnectionProviderWrapper;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.config.AggregateConfigurer;
import org.axonframework.config.Configuration;
import org.axonframework.config.DefaultConfigurer;
import org.axonframework.eventsourcing.eventstore.jdbc.EventSchema;
import org.axonframework.eventsourcing.eventstore.jdbc.JdbcEventStorageEngine;
import org.axonframework.serialization.Serializer;
import org.axonframework.spring.jdbc.SpringDataSourceConnectionProvider;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The peer of the write path: the same aggregate, policy and stored form on Axon as it comes, its JDBC engine, locks and
 * bus, a transaction per command. It seals nothing, remembers no refusals and parks nothing.
 */
final class StockAxon implements AutoCloseable {

    private static final String TABLE = "bench.stock_event";

    private static final LeadEvent.Contact SEALED = new LeadEvent.Contact.Sealed("A".repeat(160));

    private final CloudEventCodec codec = new CloudEventCodec();
    private final Configuration configuration;
    private final CommandGateway commands;
    private final ExecutorService threads;
    private final int threadCount;

    StockAxon(
            DataSource dataSource,
            TransactionManager transactions,
            Serializer serializer,
            ActivePolicy policy,
            int threadCount) {
        this.threadCount = threadCount;
        this.threads = Executors.newFixedThreadPool(threadCount, task -> new Thread(task, "stock-axon"));
        JdbcClient jdbc = JdbcClient.create(dataSource);
        jdbc.sql("CREATE SCHEMA IF NOT EXISTS bench").update();
        jdbc.sql("""
                        CREATE TABLE bench.stock_event (
                            global_index bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                            lead_id text NOT NULL, sequence bigint NOT NULL, aggregate_type text NOT NULL,
                            event_identifier text NOT NULL UNIQUE, time_stamp text NOT NULL,
                            payload_type text NOT NULL, payload_revision text NOT NULL, payload text NOT NULL,
                            meta_data text NOT NULL, UNIQUE (lead_id, sequence))""").update();
        // It has no rows, and is asked for each lead: so it is where nothing else is said.
        jdbc.sql("CREATE TABLE bench.stock_snapshot (LIKE bench.stock_event)").update();
        this.configuration = DefaultConfigurer.defaultConfiguration(false)
                .configureEmbeddedEventStore(configurer -> JdbcEventStorageEngine.builder()
                        .connectionProvider(new UnitOfWorkAwareConnectionProviderWrapper(
                                new SpringDataSourceConnectionProvider(dataSource)))
                        .transactionManager(transactions)
                        .schema(schema())
                        .dataType(String.class)
                        .eventSerializer(serializer)
                        .snapshotSerializer(serializer)
                        .build())
                .configureTransactionManager(configurer -> transactions)
                .configureSerializer(configurer -> serializer)
                .configureEventSerializer(configurer -> serializer)
                .configureMessageSerializer(configurer -> serializer)
                .configureCorrelationDataProviders(configurer -> List.of())
                .configureCommandBus(configurer -> SimpleCommandBus.builder()
                        .transactionManager(transactions)
                        .build())
                .registerComponent(ActivePolicy.class, configurer -> policy)
                .configureAggregate(AggregateConfigurer.defaultConfiguration(Lead.class))
                .buildConfiguration();
        configuration.start();
        this.commands = configuration.commandGateway();
    }

    private static EventSchema schema() {
        return EventColumns.schema()
                .eventTable(TABLE)
                .snapshotTable("bench.stock_snapshot")
                .build();
    }

    /** Records events in the order of each lead; returns when all are committed. */
    void record(List<byte[]> events) throws InterruptedException, ExecutionException {
        List<List<byte[]>> lanes = new ArrayList<>();
        for (int i = 0; i < threadCount; i++) {
            lanes.add(new ArrayList<>());
        }
        Subjects subjects = new Subjects();
        for (byte[] event : events) {
            lanes.get(Math.floorMod(Objects.requireNonNull(subjects.of(event)).hashCode(), threadCount))
                    .add(event);
        }
        List<Future<?>> done = new ArrayList<>();
        for (List<byte[]> lane : lanes) {
            done.add(threads.submit(() -> lane.forEach(this::recordOne)));
        }
        for (Future<?> lane : done) {
            lane.get();
        }
    }

    private void recordOne(byte[] event) {
        try {
            Arrival arrival = codec.decode(event, Instant.now());
            commands.sendAndWait(new RecordEvent(
                    arrival.leadId(),
                    arrival.eventId(),
                    arrival.occurredAt(),
                    Instant.now(),
                    sealed(arrival.event()),
                    arrival.fingerprint()));
        } catch (Refusal | RefusedCommand | CommandExecutionException e) {
            // A fact before its lead's capture: this peer has nowhere to park it.
        }
    }

    /** What stands in the place of a contact is as long as one that was sealed. */
    private static LeadEvent sealed(LeadEvent event) {
        if (event instanceof LeadEvent.Captured captured && captured.contact() != null) {
            return new LeadEvent.Captured(
                    captured.source(),
                    captured.campaign(),
                    captured.persona(),
                    captured.attributes(),
                    SEALED,
                    captured.cost());
        } else if (event instanceof LeadEvent.Enriched enriched && enriched.contact() != null) {
            return new LeadEvent.Enriched(enriched.attributes(), SEALED);
        }
        return event;
    }

    @Override
    public void close() {
        threads.shutdown();
        configuration.shutdown();
    }
}
