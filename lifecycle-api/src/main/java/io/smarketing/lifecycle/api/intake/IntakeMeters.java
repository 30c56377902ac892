package io.smarketing.lifecycle.api.intake;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** What comes in and what becomes of it, for whoever watches the engine. */
@Component
class IntakeMeters implements MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(IntakeMeters.class);
    private static final long READ_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final List<String> ADDED =
            List.of(Tallies.SENT, Tallies.STORED, Tallies.DUPLICATE, Tallies.REFUSED, Tallies.DEAD_LETTER);

    private final Tallies tallies;
    private final LeadWriters writers;
    private final KafkaIntake kafka;
    private Map<Tallies.Key, Long> counts = Map.of();
    private long readAt = System.nanoTime() - READ_AGAIN_NANOS;

    IntakeMeters(Tallies tallies, LeadWriters writers, KafkaIntake kafka) {
        this.tallies = tallies;
        this.writers = writers;
        this.kafka = kafka;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (Door door : Door.values()) {
            for (String outcome : ADDED) {
                FunctionCounter.builder("lifecycle.intake.events", this, meters -> meters.count(door, outcome))
                        .description(
                                "Events by what became of them: sent = stored + duplicate + parked + dead-letter + refused")
                        .tag("door", door.word())
                        .tag("outcome", outcome)
                        .register(registry);
            }
            Gauge.builder("lifecycle.intake.parked", this, meters -> meters.count(door, Tallies.PARKED))
                    .description("Facts that wait for their lead's capture")
                    .tag("door", door.word())
                    .register(registry);
        }
        FunctionTimer.builder(
                        "lifecycle.intake.batches",
                        writers.effort(),
                        LeadWriters.Effort::batches,
                        LeadWriters.Effort::nanos,
                        TimeUnit.NANOSECONDS)
                .description("Transactions of the writers, with the time they took")
                .register(registry);
        FunctionCounter.builder("lifecycle.intake.batch.works", writers.effort(), LeadWriters.Effort::works)
                .description("Pieces of work in them")
                .register(registry);
        FunctionCounter.builder("lifecycle.intake.batch.failures", writers.effort(), LeadWriters.Effort::failures)
                .description("Transactions that failed and were done one by one, or again")
                .register(registry);
        FunctionCounter.builder("lifecycle.intake.batch.conflicts", writers.effort(), LeadWriters.Effort::conflicts)
                .description(
                        "Transactions that met what another process, or another name, had written, and were done again")
                .register(registry);
        Gauge.builder("lifecycle.intake.kafka.lag", kafka, KafkaIntake::lag)
                .description("Records of lead.intake that wait to be read")
                .register(registry);
    }

    /** Read once for all meters of a look; as it was, while the database is away. */
    private synchronized double count(Door door, String outcome) {
        if (System.nanoTime() - readAt >= READ_AGAIN_NANOS) {
            try {
                counts = tallies.read();
            } catch (DataAccessException | TransactionException e) {
                LOG.debug("counts stay as they were", e);
            }
            // Also after a failure, which takes seconds: one look asks once, not once for each meter.
            readAt = System.nanoTime();
        }
        return sum(door, outcome);
    }

    private double sum(Door door, String outcome) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().door() == door
                        && entry.getKey().outcome().equals(outcome))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
