package io.smarketing.lifecycle.api;

import io.smarketing.lifecycle.event.Topic;
import java.time.Duration;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;

/** The topics of the write side; those that exist stay as they are. */
@Configuration(proxyBeanMethods = false)
class TopicsConfiguration {

    private final int partitions;
    private final int replicas;

    TopicsConfiguration(
            @Value("${lifecycle.topics.partitions:4}") int partitions,
            @Value("${lifecycle.topics.replication-factor:-1}") int replicas) {
        this.partitions = partitions;
        this.replicas = replicas;
    }

    @Bean
    NewTopic leadIntake() {
        return topic(Topic.LEAD_INTAKE);
    }

    @Bean
    NewTopic deadLetters() {
        return topic(Topic.DEAD_LETTERS);
    }

    @Bean
    NewTopic leadEvents() {
        return topic(Topic.LEAD_EVENTS);
    }

    /** One partition each, so that changes are read in the order in which they were made. */
    @Bean
    NewTopic policyVersions() {
        return TopicBuilder.name(Topic.POLICY_VERSIONS.topicName())
                .partitions(1)
                .replicas(replicas)
                .compact()
                .config(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(4 << 20))
                .build();
    }

    @Bean
    NewTopic policyActivations() {
        return TopicBuilder.name(Topic.POLICY_ACTIVATIONS.topicName())
                .partitions(1)
                .replicas(replicas)
                .config(TopicConfig.RETENTION_MS_CONFIG, "-1")
                .config(TopicConfig.RETENTION_BYTES_CONFIG, "-1")
                .build();
    }

    private NewTopic topic(Topic topic) {
        long retention = topic.retention().map(Duration::toMillis).orElse(-1L);
        return TopicBuilder.name(topic.topicName())
                .partitions(partitions)
                .replicas(replicas)
                .config(TopicConfig.RETENTION_MS_CONFIG, String.valueOf(retention))
                .config(TopicConfig.RETENTION_BYTES_CONFIG, "-1")
                .config(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(4 << 20))
                .build();
    }
}
