package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.event.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Looks after what is parked. Facts whose lead was not captured in time go to the dead letters, with what they are. They are locked while their letters are sent, which ends within
 * seconds: the first letter that Kafka does not take is the last that is tried. Facts whose lead is captured are released: another process may have stored the capture in the moment in which
 * they were parked here, and neither saw the other.
 */
@Component
class ParkingExpiry implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ParkingExpiry.class);
    private static final int AT_ONCE = 500;
    private static final int RELEASED_AT_ONCE = 100;
    private static final int SEND_WITHIN_MILLIS = 3_000;
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);
    /** Longer than a batch takes to be committed, from the instant at which its facts are said to be parked. */
    private static final Duration LONGEST_BATCH = Duration.ofMinutes(10);

    private final ParkedFacts parkedFacts;
    private final LeadWriters writers;
    private final Refusals refusals;
    private final Tallies tallies;
    private final TransactionTemplate transaction;
    private final KafkaSettings settings;
    private final Duration patience;
    private final Duration interval;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "parking-expiry"));
    /** Of what was parked before then, nothing waits whose lead is captured. */
    private Instant lookedAt = Instant.EPOCH;

    private volatile boolean running;
    private volatile @Nullable KafkaProducer<byte[], byte[]> sending;

    ParkingExpiry(
            ParkedFacts parkedFacts,
            LeadWriters writers,
            Refusals refusals,
            Tallies tallies,
            PlatformTransactionManager transactions,
            KafkaSettings settings,
            @Value("${lifecycle.parking.patience:PT24H}") Duration patience,
            @Value("${lifecycle.parking.interval:PT30S}") Duration interval) {
        this.parkedFacts = parkedFacts;
        this.writers = writers;
        this.refusals = refusals;
        this.tallies = tallies;
        this.transaction = new TransactionTemplate(transactions);
        this.settings = settings;
        this.patience = patience;
        this.interval = interval;
    }

    private void look() {
        attempt(this::releaseCaptured);
        attempt(this::expire);
    }

    private void attempt(Runnable look) {
        try {
            look.run();
        } catch (RuntimeException | Error e) {
            // What is thrown from here would end it for good.
            if (running) {
                LOG.warn("parked facts are looked at again in {}, for {}", interval, e.toString());
            }
        }
    }

    private void expire() {
        boolean more = true;
        while (running && more) {
            Set<String> captured = new HashSet<>();
            more = Boolean.TRUE.equals(transaction.execute(status -> expireSome(captured) == AT_ONCE));
            // They are not locked any more.
            if (!captured.isEmpty()) {
                release(captured);
            }
        }
        refusals.forgetBefore(Instant.now().minus(Refusals.REMEMBERED));
    }

    private void releaseCaptured() {
        Instant now = Instant.now();
        Set<String> leads = parkedFacts.captured(lookedAt, RELEASED_AT_ONCE);
        while (running && !leads.isEmpty()) {
            release(leads);
            Set<String> next = parkedFacts.captured(lookedAt, RELEASED_AT_ONCE);
            if (next.equals(leads)) {
                // Locked elsewhere, or what cannot be recorded: the next look comes by again.
                return;
            }
            leads = next;
        }
        lookedAt = now.minus(LONGEST_BATCH);
    }

    private void release(Collection<String> leads) {
        long facts = writers
                .doAllPatiently(leads.stream().map(Work.Release::new).toList())
                .stream()
                .mapToLong(outcome -> outcome instanceof Outcome.Released released ? released.facts() : 0)
                .sum();
        LOG.info("{} facts of {} leads waited for a capture that had come, and are released", facts, leads.size());
    }

    /**
     * The letters are sent before the rows go: a crash in between sends them again rather than never.
     *
     * @param captured is told which leads are captured all the same; what waits for these stays
     */
    private int expireSome(Set<String> captured) {
        Instant now = Instant.now();
        List<Work.Parked> expired = parkedFacts.expired(now.minus(patience), AT_ONCE);
        if (expired.isEmpty()) {
            return 0;
        }
        Refusal refusal = new Refusal(
                "unknown-lead",
                "subject",
                "no capture of its lead came within %s".formatted(patience),
                "send the lead's capture, then the fact again");
        captured.addAll(parkedFacts.captured(
                expired.stream().map(fact -> fact.arrival().leadId()).distinct().toList()));
        List<Work.Parked> gone = send(
                expired.stream()
                        .filter(fact -> !captured.contains(fact.arrival().leadId()))
                        .toList(),
                refusal,
                now);
        List<Refusals.Remembered> remembered = new ArrayList<>();
        Tallies.Sheet sheet = new Tallies.Sheet();
        for (Work.Parked fact : gone) {
            remembered.add(new Refusals.Remembered(fact.arrival().eventId(), Door.KAFKA, refusal));
            sheet.count(fact.door(), Tallies.PARKED, "", -1);
            sheet.count(fact.door(), Tallies.DEAD_LETTER, refusal.code(), 1);
        }
        parkedFacts.remove(gone.stream().map(Work.Parked::id).toList());
        refusals.remember(remembered, now);
        tallies.addExpired(sheet);
        return gone.size();
    }

    /**
     * Sends letters until Kafka does not take one.
     *
     * @return those whose letters Kafka has acknowledged
     */
    private List<Work.Parked> send(List<Work.Parked> expired, Refusal refusal, Instant now) {
        Queue<Work.Parked> acknowledged = new ConcurrentLinkedQueue<>();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try {
            KafkaProducer<byte[], byte[]> producer = producer();
            for (Work.Parked fact : expired) {
                Original original = Objects.requireNonNull(fact.original());
                Future<RecordMetadata> answer = producer.send(
                        DeadLetters.letter(original, refusal, fact.door(), now, List.of()), (place, failure) -> {
                            if (failure == null) {
                                acknowledged.add(fact);
                            }
                        });
                sent.add(answer);
                if (answer.isDone()) {
                    answer.get();
                }
            }
            for (Future<RecordMetadata> answer : sent) {
                answer.get();
            }
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the engine is stopping", e);
        } catch (ExecutionException | KafkaException e) {
            LOG.warn(
                    "{} does not take what has expired, and is tried again in {}: {}",
                    Topic.DEAD_LETTERS.topicName(),
                    interval,
                    e.getMessage());
            closeProducer();
        }
        return List.copyOf(acknowledged);
    }

    private KafkaProducer<byte[], byte[]> producer() {
        KafkaProducer<byte[], byte[]> producer = sending;
        if (producer == null) {
            Map<String, Object> producerSettings = settings.producer("parking");
            producerSettings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, SEND_WITHIN_MILLIS);
            producerSettings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, SEND_WITHIN_MILLIS - 1_000);
            producerSettings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, SEND_WITHIN_MILLIS);
            producer = new KafkaProducer<>(producerSettings);
            sending = producer;
        }
        return producer;
    }

    /** What it has not sent by then fails, and stays parked. */
    private void closeProducer() {
        KafkaProducer<byte[], byte[]> producer = sending;
        sending = null;
        if (producer != null) {
            producer.close(CLOSE_WITHIN);
        }
    }

    @Override
    public void start() {
        running = true;
        var unused = clock.scheduleWithFixedDelay(
                this::look, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        running = false;
        clock.shutdownNow();
        try {
            if (!clock.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("parked facts are still looked at while the engine stops");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeProducer();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return LeadWriters.PHASE + 1;
    }
}
