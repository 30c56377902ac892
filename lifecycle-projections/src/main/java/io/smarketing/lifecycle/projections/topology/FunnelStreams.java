package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.projections.topology.FunnelTopology.Way;
import io.smarketing.lifecycle.projections.topology.StreamsSettings.Pace;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.streams.KafkaStreams;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Runs the official topology as long as the application runs: each of its ways as an application of its own, so that rows which are asked
 * for at once need not wait behind sums over days.
 */
@Component
public class FunnelStreams implements SmartLifecycle {

    private static final String STAGES = "lifecycle-stages";
    private static final String METRICS = "lifecycle-days";
    /** Their state was of other forms. */
    private static final List<String> FORMER = List.of("lifecycle-funnel", "lifecycle-metrics");

    private final TopologyCounts counts = new TopologyCounts();
    private final List<RunningTopology> topologies;

    FunnelStreams(StreamsEnvironment environment, DeclaredDimensions dimensions) {
        MetricSettings metrics = environment.calendar().with(dimensions::attributes);
        this.topologies = List.of(
                new RunningTopology(
                        Pace.SOON,
                        STAGES,
                        FunnelTopology.official(Way.STAGES, metrics, counts, environment.owners()),
                        environment,
                        FORMER),
                new RunningTopology(
                        Pace.IN_TURN,
                        METRICS,
                        FunnelTopology.official(Way.METRICS, metrics, counts, environment.owners()),
                        environment));
    }

    @Override
    public void start() {
        topologies.forEach(RunningTopology::start);
    }

    @Override
    public void stop() {
        atOnce(RunningTopology::stop);
    }

    /** Forgets all that it made of {@code lead.events}, and begins with the first event again. Rows are written anew under their keys. */
    public void rebuild() {
        atOnce(RunningTopology::stopAndForget);
        start();
    }

    /** Each may take a while. In threads that load classes as this one does: a common pool's find none of Kafka's. */
    private void atOnce(Consumer<RunningTopology> what) {
        List<Thread> threads = topologies.stream()
                .map(topology -> new Thread(() -> what.accept(topology), "streams-stop"))
                .toList();
        threads.forEach(Thread::start);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return topologies.stream().anyMatch(RunningTopology::isRunning);
    }

    /** As Kafka Streams tells it, of the way that is furthest from running; empty while the topics are not there. */
    public Optional<KafkaStreams.State> state() {
        List<Optional<KafkaStreams.State>> states =
                topologies.stream().map(RunningTopology::state).toList();
        return states.stream()
                .filter(state ->
                        state.filter(KafkaStreams.State.RUNNING::equals).isEmpty())
                .findFirst()
                .orElse(states.get(0));
    }

    /** What it met that should not be. */
    public TopologyCounts counts() {
        return counts;
    }
}
