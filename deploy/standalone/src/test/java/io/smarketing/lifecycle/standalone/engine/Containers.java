package io.smarketing.lifecycle.standalone.engine;

import java.util.List;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** PostgreSQL and Kafka in containers, for one engine. */
record Containers(PostgreSQLContainer postgres, KafkaContainer kafka) implements Backend.Servers {

    static Containers start() {
        PostgreSQLContainer postgres = new PostgreSQLContainer(Backend.POSTGRES_IMAGE);
        // Testcontainers switches fsync off, and what is tested here is that facts stay.
        postgres.setCommand("postgres", "-c", "fsync=on");
        KafkaContainer kafka = new KafkaContainer(Backend.KAFKA_IMAGE)
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR", "1")
                .withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", "1");
        Startables.deepStart(postgres, kafka).join();
        return new Containers(postgres, kafka);
    }

    @Override
    public List<String> settings() {
        return List.of(
                "spring.datasource.url=" + postgres.getJdbcUrl(),
                "spring.datasource.username=" + postgres.getUsername(),
                "spring.datasource.password=" + postgres.getPassword(),
                "spring.kafka.bootstrap-servers=" + kafka.getBootstrapServers());
    }

    @Override
    public void close() {
        kafka.stop();
        postgres.stop();
    }
}
