package io.smarketing.lifecycle.api.policies;

import io.smarketing.lifecycle.api.ApiConfiguration;
import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.api.SoleTask;
import io.smarketing.lifecycle.api.relay.Destination;
import io.smarketing.lifecycle.api.relay.RelayPosition;
import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Carries the log of policy changes to Kafka: each change to {@code policy.activations}, and what it changed to
 * {@code policy.versions}. As the relay does, it keeps its position in the same transaction, one process at a time carries, and what
 * the topics have lost is carried again.
 */
@Component
@DependsOn(ApiConfiguration.SCHEMA)
class PolicyAnnouncer extends SoleTask {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyAnnouncer.class);
    private static final String ROLE = "policies";
    private static final int AT_ONCE = 100;
    private static final long PAUSE_MILLIS = 250;
    private static final long LOOK_AT_TOPICS_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private static final JsonMapper JSON = new JsonMapper();

    private final Policies policies;
    private final KafkaSettings settings;
    private final RelayPosition positions;

    PolicyAnnouncer(Policies policies, DataSource dataSource, KafkaSettings settings, RelayPosition positions) {
        super("policy-announcer", dataSource);
        this.policies = policies;
        this.settings = settings;
        this.positions = positions;
    }

    @Override
    protected void work(JdbcClient own) {
        try (Destination activations = positions.destination(Topic.POLICY_ACTIVATIONS.topicName());
                Destination versions = positions.destination(Topic.POLICY_VERSIONS.topicName())) {
            KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings.transactionalProducer(ROLE));
            try {
                announce(activations, versions, producer);
            } finally {
                // Without a limit it would wait for a Kafka that is away to end the transaction.
                producer.close(CLOSE_WITHIN);
            }
        }
    }

    private void announce(Destination activations, Destination versions, KafkaProducer<byte[], byte[]> producer) {
        producer.initTransactions();
        if (!positions.awaitReadable(this::isRunning, activations)) {
            return;
        }
        String there = there(activations, versions);
        RelayPosition.Kept kept = positions.last(ROLE).orElse(new RelayPosition.Kept(0, there));
        long position = kept.position();
        long told = position;
        if (!kept.isOf(there)) {
            LOG.warn("topics of policies have lost what was in them: all policies are announced again");
            position = 0;
            told = kept.destination().startsWith(activations.identity()) ? told : 0;
        }
        long look = System.nanoTime() + LOOK_AT_TOPICS_NANOS;
        while (isRunning()) {
            List<Policies.Change> changes = policies.changesAfter(position, AT_ONCE);
            if (System.nanoTime() - look > 0) {
                if (!there(activations, versions).equals(there)) {
                    return;
                }
                look = System.nanoTime() + LOOK_AT_TOPICS_NANOS;
            }
            if (changes.isEmpty()) {
                pause(PAUSE_MILLIS);
            } else {
                send(changes, told, there, producer);
                position = changes.get(changes.size() - 1).number();
            }
        }
    }

    private static String there(Destination activations, Destination versions) {
        return activations.identity() + ";" + versions.identity();
    }

    /** Of the changes, those up to {@code told} are on {@code policy.activations} already. */
    private void send(List<Policies.Change> changes, long told, String there, KafkaProducer<byte[], byte[]> producer) {
        producer.beginTransaction();
        Set<PolicyRef> touched = new LinkedHashSet<>();
        // The commit tells whether they went.
        for (Policies.Change change : changes) {
            touched.add(change.reference());
            if (!change.change().equals("saved") && change.number() > told) {
                var unused = producer.send(
                        letter(Topic.POLICY_ACTIVATIONS, change.reference().name(), announcement(change)));
            }
        }
        for (PolicyRef reference : touched) {
            String key = JsonNodeFactory.instance
                    .arrayNode()
                    .add(reference.name())
                    .add(reference.version())
                    .toString();
            policies.version(reference).ifPresent(version -> {
                ProducerRecord<byte[], byte[]> letter = letter(Topic.POLICY_VERSIONS, key, announcement(version));
                if (letter.value().length > KafkaSettings.MOST_RECORD_BYTES) {
                    LOG.error("the policy {} is too large to be announced", reference);
                } else {
                    var unused = producer.send(letter);
                }
            });
        }
        var unused = producer.send(RelayPosition.of(
                ROLE, new RelayPosition.Kept(changes.get(changes.size() - 1).number(), there)));
        producer.commitTransaction();
    }

    static ObjectNode announcement(Policies.Change change) {
        return shortened(PoliciesController.json(change));
    }

    static ObjectNode announcement(Policies.Version version) {
        ObjectNode json = shortened(PoliciesController.json(version));
        json.put("savedBy", Remarks.shortened(version.savedBy(), Remarks.MOST_BY));
        return json.put("change", version.last().number()).put("document", version.document());
    }

    private static ObjectNode shortened(ObjectNode json) {
        json.put("by", Remarks.shortened(json.path("by").stringValue(null), Remarks.MOST_BY));
        return json.put("reason", Remarks.shortened(json.path("reason").stringValue(null), Remarks.MOST_REASON));
    }

    private static ProducerRecord<byte[], byte[]> letter(Topic topic, String key, ObjectNode value) {
        return new ProducerRecord<>(
                topic.topicName(), key.getBytes(StandardCharsets.UTF_8), JSON.writeValueAsBytes(value));
    }
}
