package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.event.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Raises what topics take that are there already, where an earlier program or somebody else made them for smaller records. */
final class TopicLimits {

    private static final Logger LOG = LoggerFactory.getLogger(TopicLimits.class);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

    private TopicLimits() {}

    /** Those of an application, and those that it writes for others. A Kafka that does not let us is told in the log. */
    static void raise(String application, Admin admin) throws InterruptedException {
        try {
            Collection<String> topics = admin.listTopics().names().get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            Map<ConfigResource, Map<String, Integer>> wanted = new HashMap<>();
            for (String topic : topics) {
                Map<String, Integer> limits = limits(topic, application);
                if (!limits.isEmpty()) {
                    wanted.put(new ConfigResource(ConfigResource.Type.TOPIC, topic), limits);
                }
            }
            Map<ConfigResource, Config> present =
                    admin.describeConfigs(wanted.keySet()).all().get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
            present.forEach((topic, config) -> {
                List<AlterConfigOp> raised = raised(wanted.getOrDefault(topic, Map.of()), config);
                if (!raised.isEmpty()) {
                    changes.put(topic, raised);
                }
            });
            admin.incrementalAlterConfigs(changes).all().get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The topics of {} take no larger records than before: {}", application, e.toString());
        }
    }

    private static Map<String, Integer> limits(String topic, String application) {
        if (topic.startsWith(application + "-")) {
            return topic.endsWith("-changelog")
                    ? Map.of(
                            TopicConfig.MAX_MESSAGE_BYTES_CONFIG, StreamsSettings.LARGEST_RECORD_BYTES,
                            TopicConfig.SEGMENT_BYTES_CONFIG, StreamsSettings.LARGEST_RECORD_BYTES)
                    : Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, StreamsSettings.LARGEST_RECORD_BYTES);
        }
        boolean isWritten = topic.equals(Topic.LEAD_STATE.topicName())
                || topic.equals(Topic.FUNNEL_STAGES.topicName())
                || topic.equals(Topic.FUNNEL_SHARED.topicName());
        return isWritten ? Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, FunnelTopics.LARGEST_RECORD_BYTES) : Map.of();
    }

    private static List<AlterConfigOp> raised(Map<String, Integer> wanted, Config present) {
        List<AlterConfigOp> raised = new ArrayList<>();
        wanted.forEach((name, bytes) -> {
            ConfigEntry entry = present.get(name);
            if (entry == null || Long.parseLong(entry.value()) < bytes) {
                raised.add(new AlterConfigOp(new ConfigEntry(name, String.valueOf(bytes)), AlterConfigOp.OpType.SET));
            }
        });
        return raised;
    }
}
