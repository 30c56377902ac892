package io.smarketing.lifecycle.api.policies;

import io.smarketing.lifecycle.api.ApiConfiguration;
import io.smarketing.lifecycle.api.BackgroundTask;
import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.api.relay.RelayPosition;
import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.DependsOn;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Carries the log of policy changes to Kafka: each change to {@code policy.activations}, and what it changed to
 * {@code policy.versions}. As the relay does, it keeps its position in the same transaction.
 */
@Component
@DependsOn(ApiConfiguration.SCHEMA)
class PolicyAnnouncer extends BackgroundTask {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyAnnouncer.class);
    private static final String ROLE = "policies";
    private static final int AT_ONCE = 100;
    private static final long PAUSE_MILLIS = 250;
    private static final JsonMapper JSON = new JsonMapper();

    private final Policies policies;
    private final KafkaSettings settings;
    private final RelayPosition positions;

    PolicyAnnouncer(Policies policies, KafkaSettings settings, RelayPosition positions) {
        super("policy-announcer");
        this.policies = policies;
        this.settings = settings;
        this.positions = positions;
    }

    @Override
    protected void work() {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings.transactionalProducer(ROLE))) {
            producer.initTransactions();
            long position = positions.last(ROLE);
            while (isRunning()) {
                List<Policies.Change> changes = policies.changesAfter(position, AT_ONCE);
                if (changes.isEmpty()) {
                    pause(PAUSE_MILLIS);
                } else {
                    send(changes, producer);
                    position = changes.get(changes.size() - 1).number();
                }
            }
        } catch (ProducerFencedException e) {
            LOG.error("another process announces policies; this one ends");
            end();
        }
    }

    private void send(List<Policies.Change> changes, KafkaProducer<byte[], byte[]> producer) {
        producer.beginTransaction();
        Set<PolicyRef> touched = new LinkedHashSet<>();
        // The commit tells whether they went.
        for (Policies.Change change : changes) {
            touched.add(change.reference());
            if (!change.change().equals("saved")) {
                var unused = producer.send(
                        letter(Topic.POLICY_ACTIVATIONS, change.reference().name(), PoliciesController.json(change)));
            }
        }
        for (PolicyRef reference : touched) {
            String key = JsonNodeFactory.instance
                    .arrayNode()
                    .add(reference.name())
                    .add(reference.version())
                    .toString();
            policies.version(reference).ifPresent(version -> {
                ObjectNode json = PoliciesController.json(version);
                json.put("change", version.last().number()).put("document", version.document());
                var unused = producer.send(letter(Topic.POLICY_VERSIONS, key, json));
            });
        }
        var unused = producer.send(
                RelayPosition.of(ROLE, changes.get(changes.size() - 1).number()));
        producer.commitTransaction();
    }

    private static ProducerRecord<byte[], byte[]> letter(Topic topic, String key, ObjectNode value) {
        return new ProducerRecord<>(
                topic.topicName(), key.getBytes(StandardCharsets.UTF_8), JSON.writeValueAsBytes(value));
    }
}
