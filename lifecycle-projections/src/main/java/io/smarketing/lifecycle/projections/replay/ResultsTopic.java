package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.event.Topic;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;

/** The topic that replays are published on: few records, and some of them large. */
@Configuration(proxyBeanMethods = false)
class ResultsTopic {

    /** Of a record, and of a request that carries one. */
    static final int MOST_BYTES = 4 << 20;

    @Bean
    NewTopic replayResultsTopic(@Value("${lifecycle.topics.replication-factor:-1}") int replicas) {
        return TopicBuilder.name(Topic.REPLAY_RESULTS.topicName())
                .partitions(1)
                .replicas(replicas)
                .compact()
                .config(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(MOST_BYTES))
                .build();
    }
}
