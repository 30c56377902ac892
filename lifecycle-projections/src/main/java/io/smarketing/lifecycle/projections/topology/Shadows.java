package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs a topology for each policy that is a shadow, as {@code policy.versions} tells it: from the first event of the log on, for as
 * long as it is one.
 */
@Component
class Shadows implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Shadows.class);
    private static final String APPLICATION_PREFIX = "lifecycle-shadow-";
    private static final String SHADOW = "shadow";
    private static final String ACTIVE = "active";
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long PAUSE_MILLIS = 2_000;
    private static final JsonMapper JSON = new JsonMapper();

    private final StreamsEnvironment environment;
    private final DeclaredDimensions dimensions;
    private final Map<PolicyRef, RunningTopology> topologies = new HashMap<>();
    private volatile boolean running;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consuming;
    private @Nullable Thread thread;

    Shadows(StreamsEnvironment environment, DeclaredDimensions dimensions) {
        this.environment = environment;
        this.dimensions = dimensions;
    }

    /** A version as the topic tells it last. */
    private record Told(PolicyRef reference, String state, String document) {

        boolean isShadow() {
            return state.equals(SHADOW);
        }
    }

    private void run() {
        while (running) {
            try {
                follow();
            } catch (WakeupException e) {
                LOG.debug("woken, to stop", e);
            } catch (RuntimeException | Error e) {
                LOG.warn("the shadows are read again in {} ms, for {}", PAUSE_MILLIS, e.toString());
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() {
        TopicPartition partition = new TopicPartition(Topic.POLICY_VERSIONS.topicName(), 0);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(consumerSettings())) {
            consuming = consumer;
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            Map<PolicyRef, Told> versions = new HashMap<>();
            boolean changed = true;
            while (running) {
                for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(POLL)) {
                    changed |= take(entry, versions);
                }
                // Not before all is read that is there: what was a shadow once need not be one now.
                if (changed && consumer.position(partition) >= end) {
                    reconcile(versions);
                    changed = false;
                }
            }
        } finally {
            consuming = null;
        }
    }

    private static boolean take(ConsumerRecord<byte[], byte[]> entry, Map<PolicyRef, Told> versions) {
        try {
            JsonNode version = JSON.readTree(entry.value());
            PolicyRef reference = new PolicyRef(
                    version.path("name").stringValue(), version.path("version").stringValue());
            String state = version.path("state").asString("");
            versions.put(
                    reference,
                    new Told(reference, state, version.path("document").stringValue()));
            return true;
        } catch (JacksonException | IllegalArgumentException e) {
            LOG.error("{}-{}@{} is no policy: {}", entry.topic(), entry.partition(), entry.offset(), e.getMessage());
            return false;
        }
    }

    private void reconcile(Map<PolicyRef, Told> versions) {
        dimensions.are(versions.values().stream()
                .filter(told -> told.state().equals(ACTIVE))
                .findFirst()
                .flatMap(Shadows::policy)
                .map(Policy::dimensions)
                .orElse(List.of()));
        for (PolicyRef reference : List.copyOf(topologies.keySet())) {
            Told told = versions.get(reference);
            if (told == null || !told.isShadow()) {
                LOG.info("the shadow {} ends", reference);
                RunningTopology topology = topologies.remove(reference);
                if (topology != null) {
                    topology.stopAndForget();
                }
            }
        }
        for (Told told : versions.values()) {
            if (told.isShadow() && !topologies.containsKey(told.reference())) {
                begin(told);
            }
        }
    }

    private static Optional<Policy> policy(Told told) {
        try {
            return Optional.of(PolicyReader.readSaved(told.reference(), told.document()));
        } catch (RefusedDocument e) {
            LOG.error("the policy {} cannot be read: {}", told.reference(), e.getMessage());
            return Optional.empty();
        }
    }

    private void begin(Told told) {
        Optional<Policy> policy = policy(told);
        if (policy.isEmpty()) {
            return;
        }
        LOG.info("the shadow {} is projected from the first event on", told.reference());
        RunningTopology topology = new RunningTopology(
                StreamsSettings.Pace.SOON,
                APPLICATION_PREFIX + told.reference().name() + "-"
                        + told.reference().version(),
                FunnelTopology.shadow(policy.get(), environment.calendar(), new TopologyCounts(), environment.owners()),
                environment);
        topologies.put(told.reference(), topology);
        topology.start();
    }

    private Map<String, Object> consumerSettings() {
        Map<String, Object> settings = environment.consumerSettings();
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "lifecycle-shadows");
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return settings;
    }

    @Override
    public synchronized void start() {
        if (!running) {
            running = true;
            thread = new Thread(this::run, "shadows");
            thread.start();
        }
    }

    @Override
    public synchronized void stop() {
        running = false;
        KafkaConsumer<byte[], byte[]> consumer = consuming;
        if (consumer != null) {
            consumer.wakeup();
        }
        Thread following = thread;
        if (following != null) {
            try {
                following.join(Duration.ofSeconds(10).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        topologies.values().forEach(RunningTopology::stop);
        topologies.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
