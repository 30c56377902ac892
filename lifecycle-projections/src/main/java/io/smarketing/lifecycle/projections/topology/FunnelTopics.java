package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.event.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The topics that the topology writes. */
@Configuration(proxyBeanMethods = false)
class FunnelTopics {

    /** Compaction never touches the segment that is written to: small ones keep the topics near the size of their state. */
    private static final int SEGMENT_BYTES = 16 << 20;
    /** A value of a dimension is as long as an event may be, and a lead has some. */
    static final int LARGEST_RECORD_BYTES = 8 << 20;

    private static final Duration SEGMENT_TIME = Duration.ofHours(1);
    private static final String DIRTY_RATIO = "0.2";

    private final int partitions;
    private final Optional<Short> replicationFactor;

    FunnelTopics(
            @Value("${lifecycle.topics.partitions:4}") int partitions,
            @Value("${lifecycle.topics.replication-factor:#{null}}") Optional<Short> replicationFactor) {
        this.partitions = partitions;
        this.replicationFactor = replicationFactor;
    }

    @Bean
    NewTopic leadStateTopic() {
        return compacted(Topic.LEAD_STATE);
    }

    @Bean
    NewTopic funnelStagesTopic() {
        return compacted(Topic.FUNNEL_STAGES);
    }

    @Bean
    NewTopic funnelSharedTopic() {
        return compacted(Topic.FUNNEL_SHARED);
    }

    private NewTopic compacted(Topic topic) {
        return new NewTopic(topic.topicName(), Optional.of(partitions), replicationFactor)
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.SEGMENT_BYTES_CONFIG,
                        String.valueOf(SEGMENT_BYTES),
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        String.valueOf(LARGEST_RECORD_BYTES),
                        TopicConfig.SEGMENT_MS_CONFIG,
                        String.valueOf(SEGMENT_TIME.toMillis()),
                        TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                        DIRTY_RATIO));
    }
}
