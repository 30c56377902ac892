package io.smarketing.lifecycle.api;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.stereotype.Component;

/** Whether Kafka answers. Without it facts and decisions are still written; what they lead to waits. */
@Component("kafkaHealthIndicator")
class KafkaHealth implements HealthIndicator, DisposableBean {

    private static final long PATIENCE_SECONDS = 2;

    private final KafkaProperties properties;
    private @Nullable Admin admin;

    KafkaHealth(KafkaProperties properties) {
        this.properties = properties;
    }

    @Override
    public synchronized Health health() {
        Admin asking = admin;
        if (asking == null) {
            asking = Admin.create(properties.buildAdminProperties());
            admin = asking;
        }
        try {
            int nodes = asking.describeCluster()
                    .nodes()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .size();
            return Health.up().withDetail("nodes", nodes).build();
        } catch (ExecutionException | TimeoutException e) {
            return Health.down(e).build();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Health.unknown().build();
        }
    }

    @Override
    public synchronized void destroy() {
        if (admin != null) {
            admin.close(Duration.ofSeconds(1));
        }
    }
}
