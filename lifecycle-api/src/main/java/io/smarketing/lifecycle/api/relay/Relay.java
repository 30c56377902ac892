package io.smarketing.lifecycle.api.relay;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.smarketing.lifecycle.api.ApiConfiguration;
import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.api.SoleTask;
import io.smarketing.lifecycle.event.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.DependsOn;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Carries the event store to {@code lead.events}: every event, in order per lead. Only what has nothing missing before it is sent
 * ({@link StoredRows}). The position travels in the same Kafka transaction as the events. One process carries at a time
 * ({@link SoleTask}).
 *
 * <p>What the topic has lost is carried again from the first event on. A topic that has an event which the store does not have is left as
 * it is, and nothing is carried until the two fit again.
 */
@Component
@DependsOn(ApiConfiguration.SCHEMA)
class Relay extends SoleTask implements MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final String ROLE = "relay";
    private static final String EVENTS = Topic.LEAD_EVENTS.topicName();
    /** What is stored meanwhile shares a transaction: each costs the broker as much, however little is in it. */
    private static final long GATHERING_MILLIS = 20;

    private static final long LOOK_AT_TOPIC_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int LONGEST_BLOCK_MILLIS = 15_000;
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);
    private static final long LOOK_AT_STORE_MILLIS = 2_000;
    private static final int SAID_EVERY = 30;
    private static final int FILLED_AT_ONCE = 100_000;
    private static final byte[] NOTHING = {};

    private final JdbcClient jdbc;
    private final KafkaSettings settings;
    private final Letters letters;
    private final RelayPosition positions;
    private final Gaps gaps = new Gaps();
    private final LongAdder carried = new LongAdder();
    private volatile long position;
    private volatile boolean carries;

    Relay(JdbcClient jdbc, DataSource dataSource, KafkaSettings settings, Letters letters, RelayPosition positions) {
        super(ROLE, dataSource);
        this.jdbc = jdbc;
        this.settings = settings;
        this.letters = letters;
        this.positions = positions;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("lifecycle.relay.lag", this, Relay::lag)
                .description("Stored events that are not on lead.events yet; NaN while this process does not carry")
                .register(registry);
        Gauge.builder("lifecycle.relay.carries", this, relay -> relay.carries ? 1 : 0)
                .description(
                        "1 while this process carries; 0 while another does, Kafka is away, or store and topic do not fit")
                .register(registry);
        FunctionCounter.builder("lifecycle.relay.events", carried, LongAdder::sum)
                .description("Events carried since the start")
                .register(registry);
        gaps.bindTo(registry);
    }

    private double lag() {
        if (!carries) {
            return Double.NaN;
        }
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

    @Override
    protected void work(JdbcClient own) {
        try (Destination topic = positions.destination(EVENTS)) {
            LOG.debug("lead.events is {}", topic.identity());
            // Asked before anybody is fenced: a process with another database must not stop the right one.
            Optional<LastEvent> last = LastEvent.latest(lastEvents());
            if (last.isPresent() && !last.get().isIn(own)) {
                awaitItsStore(last.get(), own);
                return;
            }
            KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(producerSettings());
            try {
                producer.initTransactions();
                if (!positions.awaitReadable(this::isRunning, topic)) {
                    return;
                }
                Start start = start(topic, own, producer);
                position = start.position();
                carries = true;
                carryOn(own, topic, start.lasts(), producer);
            } finally {
                carries = false;
                // What has not gone by now is aborted by the next one's beginning.
                producer.close(CLOSE_WITHIN);
            }
        }
    }

    /** A topic that is gone shows in sends that wait for it. */
    private Map<String, Object> producerSettings() {
        Map<String, Object> producerSettings = settings.transactionalProducer(ROLE);
        producerSettings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, LONGEST_BLOCK_MILLIS);
        return producerSettings;
    }

    private Map<Integer, LastEvent> lastEvents() {
        Map<String, Object> consumerSettings = settings.consumer("relay-end");
        // It reads to the ends and waits for nothing behind them.
        consumerSettings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 1);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(consumerSettings)) {
            return LastEvent.find(consumer, EVENTS);
        }
    }

    /** Whoever reads the topic has seen an event that the store does not know, and new events may take its place and its numbers. */
    private void awaitItsStore(LastEvent last, JdbcClient own) {
        for (int look = 0; isRunning() && !last.isIn(own); look++) {
            if (look % SAID_EVERY == 0) {
                LOG.error(
                        "nothing is carried: lead.events holds event {} of lead {} at position {}, and the database does not. The database is"
                                + " older than the topic (restored from a backup?) or belongs to another one. Facts are still taken and kept."
                                + " To go on with this database, what is in Kafka has to be made anew from it: docs/serve.md, Backup",
                        last.sequence(),
                        last.leadId(),
                        last.position());
            }
            pause(LOOK_AT_STORE_MILLIS);
        }
    }

    /**
     * Where to go on.
     *
     * @param position behind which
     * @param lasts what is on the topic then
     */
    private record Start(long position, LastPositions lasts) {}

    /** Nobody else carries any more, and what was begun is committed or not. */
    private Start start(Destination topic, JdbcClient own, KafkaProducer<byte[], byte[]> producer) {
        String now = topic.identity();
        Optional<RelayPosition.Kept> kept = positions.last(EVENTS);
        Map<Integer, LastEvent> lastEvents = lastEvents();
        LastPositions lasts = new LastPositions(lastEvents.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().position())));
        Optional<LastEvent> last = LastEvent.latest(lastEvents);
        long reached = last.map(LastEvent::position).orElse(0L);
        if (last.isPresent() && !last.get().isIn(own)) {
            throw new IllegalStateException("lead.events has got an event that the store does not have");
        }
        boolean complete = kept.isPresent()
                ? kept.get().isOf(now)
                        && kept.get().position() <= reached
                        && lasts.reach(LastPositions.read(kept.get().lasts()))
                : last.isEmpty() || Destination.isWhole(now);
        if (!complete) {
            LOG.warn(
                    "lead.events has lost events: it is {} and reaches to position {} (partition:position {}), and was {} and reached to {} ({})."
                            + " It is emptied and filled again from the first event on; readers pass over what they know. (Its records have to"
                            + " be kept for ever: retention.ms=-1, retention.bytes=-1)",
                    now,
                    reached,
                    lasts,
                    kept.map(RelayPosition.Kept::destination).orElse("unknown"),
                    kept.map(RelayPosition.Kept::position).orElse(0L),
                    kept.map(RelayPosition.Kept::lasts).orElse(""));
            outgrow(kept.map(RelayPosition.Kept::grown).orElse(""), topic.ends(), producer);
            topic.empty();
            return new Start(0, new LastPositions(Map.of()));
        }
        if (kept.isPresent() && kept.get().position() < reached) {
            // Nothing tells whether the partitions have kept what came after it.
            LOG.warn(
                    "the relay's last positions were lost: lead.events reaches to {}, and its partitions are known to be whole up to {}. What"
                            + " came after is carried again; readers pass over what they know",
                    reached,
                    kept.get().position());
            outgrow(kept.get().grown(), topic.ends(), producer);
            return new Start(kept.get().position(), lasts);
        }
        if (kept.isEmpty() && last.isPresent()) {
            LOG.warn("the relay's position was lost; lead.events reaches to {}", reached);
        }
        if (reached == 0) {
            LOG.info("lead.events is empty; the relay begins with the first event");
        } else {
            LOG.info("the relay goes on behind position {}", reached);
        }
        return new Start(reached, lasts);
    }

    /**
     * A topic that was made anew counts its records from 0 on, one that was cut from where it ends now, and a reader who was further would
     * go on in the middle of what comes, without what lies before. So it is filled up to beyond what he can have read, in transactions that
     * are aborted: he finds nothing there, or, once that is deleted, that his place is gone, and begins with the first.
     */
    private static void outgrow(String grown, List<Long> ends, KafkaProducer<byte[], byte[]> producer) {
        List<Long> missing = Growth.missing(grown, ends);
        for (int partition = 0; partition < missing.size(); partition++) {
            for (long left = missing.get(partition); left > 0; left -= FILLED_AT_ONCE) {
                producer.beginTransaction();
                for (long i = 0; i < Math.min(left, FILLED_AT_ONCE); i++) {
                    // Whether it went, the flush tells.
                    var unused = producer.send(new ProducerRecord<>(EVENTS, partition, null, NOTHING));
                }
                producer.flush();
                producer.abortTransaction();
            }
        }
    }

    private void carryOn(
            JdbcClient own, Destination topic, LastPositions lasts, KafkaProducer<byte[], byte[]> producer) {
        String identity = topic.identity();
        Growth growth = new Growth(topic.ends());
        long look = System.nanoTime() + LOOK_AT_TOPIC_NANOS;
        try (ReadAhead store = new ReadAhead(
                new StoredRows(own, gaps, this::isRunning),
                letters,
                () -> producer.partitionsFor(EVENTS).size())) {
            while (isRunning()) {
                ReadAhead.Batch batch = store.behind(position);
                if (System.nanoTime() - look > 0) {
                    if (!Destination.isSame(identity, topic.identity())) {
                        return;
                    }
                    growth.look(topic.ends());
                    look = System.nanoTime() + LOOK_AT_TOPIC_NANOS;
                }
                if (!batch.letters().isEmpty()) {
                    String grown = growth.with(batch.letters().size());
                    lasts.append(batch.lasts());
                    send(batch, new RelayPosition.Kept(batch.end(), identity, grown, lasts.toString()), producer);
                    position = batch.end();
                    carried.add(batch.letters().size());
                }
                if (!batch.more()) {
                    pause(GATHERING_MILLIS);
                }
            }
        }
    }

    private static void send(ReadAhead.Batch batch, RelayPosition.Kept kept, KafkaProducer<byte[], byte[]> producer) {
        producer.beginTransaction();
        for (ProducerRecord<byte[], byte[]> letter : batch.letters()) {
            // The commit tells whether it went.
            var unused = producer.send(letter);
        }
        var unused = producer.send(RelayPosition.of(EVENTS, kept));
        producer.commitTransaction();
    }
}
