package io.smarketing.lifecycle.api.relay;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.smarketing.lifecycle.api.ApiConfiguration;
import io.smarketing.lifecycle.api.BackgroundTask;
import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.event.RecordedCodec.UnreadableRecord;
import io.smarketing.lifecycle.event.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.DependsOn;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Carries the event store to {@code lead.events}: every event, in order per lead. Only what has no gap before it is sent; a gap
 * that stays is waited out by a lock that all writers hold shares against, and what is missing then was rolled back. The
 * position travels in the same Kafka transaction as the events. A second relay fences the first.
 */
@Component
@DependsOn(ApiConfiguration.SCHEMA)
class Relay extends BackgroundTask implements MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final String ROLE = "relay";
    private static final int AT_ONCE = 2_000;
    private static final int GAP_RETRIES = 5;
    private static final long GAP_PAUSE_MILLIS = 10;
    private static final long IDLE_PAUSE_MILLIS = 20;

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final KafkaSettings settings;
    private final RecordedCodec codec;
    private final RelayPosition positions;
    private final LongAdder carried = new LongAdder();
    private final LongAdder gapsWaitedOn = new LongAdder();
    private volatile long position;

    Relay(
            JdbcClient jdbc,
            PlatformTransactionManager transactions,
            KafkaSettings settings,
            RecordedCodec codec,
            RelayPosition positions) {
        super("relay");
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
        this.settings = settings;
        this.codec = codec;
        this.positions = positions;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("lifecycle.relay.lag", this, Relay::lag)
                .description("Stored events that are not on lead.events yet; NaN while the database is away")
                .register(registry);
        FunctionCounter.builder("lifecycle.relay.events", carried, LongAdder::sum)
                .description("Events carried since the start")
                .register(registry);
        FunctionCounter.builder("lifecycle.relay.gaps", gapsWaitedOn, LongAdder::sum)
                .description("Gaps in the store's numbers that were waited out by the lock")
                .register(registry);
    }

    private double lag() {
        try {
            return Math.max(
                    0,
                    jdbc.sql("SELECT coalesce(max(global_index), 0) FROM lifecycle.lead_event")
                                    .query(Long.class)
                                    .single()
                            - position);
        } catch (DataAccessException e) {
            return Double.NaN;
        }
    }

    private record Row(long position, String leadId, long sequence, byte[] payload) {}

    @Override
    protected void work() {
        try {
            carryOn();
        } catch (ProducerFencedException e) {
            LOG.error("another relay has taken over; this one ends");
            end();
        }
    }

    private void carryOn() {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings.transactionalProducer(ROLE))) {
            producer.initTransactions();
            position = positions.last(Topic.LEAD_EVENTS.topicName());
            LOG.info("the relay goes on behind position {}", position);
            while (isRunning()) {
                List<Row> rows = contiguous(position);
                if (rows.isEmpty()) {
                    pause(IDLE_PAUSE_MILLIS);
                } else {
                    send(rows, producer);
                    position = rows.get(rows.size() - 1).position();
                    carried.add(rows.size());
                }
            }
        }
    }

    /** The next rows behind a position, none of which can still get another row before it. */
    private List<Row> contiguous(long position) {
        List<Row> rows = read(position);
        int prefix = prefix(rows, position);
        for (int retry = 0; prefix == 0 && !rows.isEmpty() && retry < GAP_RETRIES; retry++) {
            pause(GAP_PAUSE_MILLIS);
            rows = read(position);
            prefix = prefix(rows, position);
        }
        if (prefix == 0 && !rows.isEmpty()) {
            long last = rows.get(rows.size() - 1).position();
            gapsWaitedOn.increment();
            waitForWriters();
            return read(position).stream().filter(row -> row.position() <= last).toList();
        }
        return rows.subList(0, prefix);
    }

    private static int prefix(List<Row> rows, long position) {
        int prefix = 0;
        while (prefix < rows.size() && rows.get(prefix).position() == position + prefix + 1) {
            prefix++;
        }
        return prefix;
    }

    private List<Row> read(long position) {
        return jdbc.sql("SELECT global_index, lead_id, sequence, payload FROM lifecycle.lead_event"
                        + " WHERE global_index > ? ORDER BY global_index LIMIT ?")
                .params(position, AT_ONCE)
                .query((row, number) -> new Row(
                        row.getLong(1),
                        row.getString(2),
                        row.getLong(3),
                        row.getString(4).getBytes(StandardCharsets.UTF_8)))
                .list();
    }

    /** Granted only when no transaction that has written to the store is open. */
    private void waitForWriters() {
        transaction.executeWithoutResult(status ->
                jdbc.sql("LOCK TABLE lifecycle.lead_event IN SHARE MODE").update());
    }

    private void send(List<Row> rows, KafkaProducer<byte[], byte[]> producer) {
        producer.beginTransaction();
        for (Row row : rows) {
            // The commit tells whether it went.
            var unused = producer.send(letter(row));
        }
        long position = rows.get(rows.size() - 1).position();
        var unused = producer.send(RelayPosition.of(Topic.LEAD_EVENTS.topicName(), position));
        producer.commitTransaction();
    }

    private ProducerRecord<byte[], byte[]> letter(Row row) {
        RecordedCodec.Parts parts;
        try {
            parts = codec.parts(row.payload());
        } catch (UnreadableRecord e) {
            // Somebody's hand was in the store. It must not hold up everything; readers find it unreadable, an audit
            // its lead.
            LOG.error("the event {} of the lead {} is no JSON: {}", row.sequence(), row.leadId(), e.getMessage());
            parts = new RecordedCodec.Parts(Map.of(), row.payload());
        }
        List<Header> headers = new ArrayList<>();
        parts.attributes().forEach((name, value) -> headers.add(header("ce_" + name, value)));
        headers.add(header("ce_sequence", String.valueOf(row.sequence())));
        headers.add(header("ce_position", String.valueOf(row.position())));
        headers.add(header("content-type", "application/json"));
        return new ProducerRecord<>(
                Topic.LEAD_EVENTS.topicName(),
                null,
                row.leadId().getBytes(StandardCharsets.UTF_8),
                parts.data(),
                headers);
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
