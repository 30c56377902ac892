package io.smarketing.lifecycle.projections.topology;

import java.util.Optional;
import org.apache.kafka.streams.KafkaStreams;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Runs the official topology as long as the application runs. */
@Component
public class FunnelStreams implements SmartLifecycle {

    private static final String APPLICATION = "lifecycle-metrics";
    /** Its state was of another form. */
    private static final String FORMER = "lifecycle-funnel";

    private final TopologyCounts counts = new TopologyCounts();
    private final RunningTopology topology;

    FunnelStreams(StreamsEnvironment environment, DeclaredDimensions dimensions) {
        MetricSettings metrics = environment.calendar().with(dimensions::attributes);
        this.topology = new RunningTopology(
                APPLICATION,
                FunnelTopology.official(metrics, counts, environment.owners()),
                environment,
                Optional.of(FORMER));
    }

    @Override
    public void start() {
        topology.start();
    }

    @Override
    public void stop() {
        topology.stop();
    }

    /** Forgets all that it made of {@code lead.events}, and begins with the first event again. Rows are written anew under their keys. */
    public void rebuild() {
        topology.stopAndForget();
        topology.start();
    }

    @Override
    public boolean isRunning() {
        return topology.isRunning();
    }

    /** As Kafka Streams tells it; empty while the topics are not there. */
    public Optional<KafkaStreams.State> state() {
        return topology.state();
    }

    /** What it met that should not be. */
    public TopologyCounts counts() {
        return counts;
    }
}
