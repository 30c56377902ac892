package io.smarketing.lifecycle.api.relay;

import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;

/** Where the relay keeps how far it has come: a compacted topic, beside what it has carried. */
@Configuration(proxyBeanMethods = false)
class RelayPosition {

    static final String TOPIC = "lifecycle.relay-position";

    @Bean
    NewTopic relayPositionTopic(@Value("${lifecycle.topics.replication-factor:-1}") int replicas) {
        return TopicBuilder.name(TOPIC)
                .partitions(1)
                .replicas(replicas)
                .compact()
                .config(TopicConfig.SEGMENT_BYTES_CONFIG, String.valueOf(4 << 20))
                .build();
    }
}
