package io.smarketing.lifecycle.projections.topology;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/** Where topologies run, and with what. */
@Component
class StreamsEnvironment {

    private static final int BROKERS_DEFAULT = -1;

    private final KafkaProperties kafka;
    private final String stateDir;
    private final String instance;
    private final int owners;
    private final int replicationFactor;
    private final MetricSettings.Calendar calendar;
    private final TopologyFailures failures;

    StreamsEnvironment(
            KafkaProperties kafka,
            TopologyFailures failures,
            @Value("${lifecycle.state-dir:lifecycle-data/streams}") String stateDir,
            @Value("${lifecycle.streams.instance:1}") String instance,
            @Value("${lifecycle.streams.row-partitions:2}") int owners,
            @Value("${lifecycle.topics.replication-factor:#{null}}") Optional<Short> replicationFactor,
            @Value("${lifecycle.metrics.zone:UTC}") ZoneId zone,
            @Value("${lifecycle.metrics.finality:P7D}") Duration finality) {
        this.kafka = kafka;
        this.failures = failures;
        this.stateDir = stateDir;
        this.instance = instance;
        this.owners = owners;
        this.calendar = new MetricSettings.Calendar(zone, finality);
        this.replicationFactor = replicationFactor.map(Short::intValue).orElse(BROKERS_DEFAULT);
    }

    /** How many tasks share the rows. */
    int owners() {
        return owners;
    }

    /** What days are, and when they are final. */
    MetricSettings.Calendar calendar() {
        return calendar;
    }

    /** Where each tells that it failed. */
    TopologyFailures failures() {
        return failures;
    }

    Map<String, Object> adminSettings() {
        return kafka.buildAdminProperties();
    }

    Map<String, Object> consumerSettings() {
        return kafka.buildConsumerProperties();
    }

    /** Of an application that runs no more. */
    void deleteState(String application) {
        try {
            FileSystemUtils.deleteRecursively(Path.of(stateDir, application));
        } catch (IOException e) {
            throw new UncheckedIOException("the state of %s in %s is left".formatted(application, stateDir), e);
        }
    }

    /** The folder is there then: applications that start at once would make it at once, and all but one fail. */
    Properties streamsSettings(StreamsSettings.Pace pace, String application) {
        try {
            Files.createDirectories(Path.of(stateDir));
        } catch (IOException e) {
            throw new UncheckedIOException("the folder lifecycle.state-dir = %s cannot be made".formatted(stateDir), e);
        }
        return StreamsSettings.of(
                pace, application, stateDir, instance, replicationFactor, kafka.buildStreamsProperties());
    }
}
