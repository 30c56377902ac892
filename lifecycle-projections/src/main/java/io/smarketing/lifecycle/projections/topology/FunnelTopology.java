package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.funnel.FunnelStage;
import io.smarketing.lifecycle.policy.Policy;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * Two stages. The first keeps the leads of its partitions and says what each event changes; the second owns rows, each row in one
 * task, and adds the changes up:
 *
 * <pre>
 * lead.events ─► leads ─┬─► lead.state
 *                       ├─► (by owner of the rows) ─► rows ─► funnel.stages, of all of time
 *                       └─► (by owner of the days) ─► metrics ─► funnel.stages of days, weeks, months; funnel.shared
 * </pre>
 *
 * @param policy names the series of rows
 * @param folding of each task
 * @param metrics what they are made with
 * @param owners how many tasks share the rows; it cannot change while the topology has state
 * @param stores opens a store by its name
 */
record FunnelTopology(
        String policy,
        Supplier<Folding> folding,
        MetricSettings metrics,
        TopologyCounts counts,
        int owners,
        Function<String, KeyValueBytesStoreSupplier> stores) {

    /** The official one. */
    static FunnelTopology official(MetricSettings metrics, TopologyCounts counts, int owners) {
        return new FunnelTopology(
                FunnelStage.ACTIVE, OfficialFolding::new, metrics, counts, owners, FunnelTopology::kept);
    }

    /** That of a policy which is not in force. */
    static FunnelTopology shadow(Policy policy, MetricSettings.Calendar calendar, TopologyCounts counts, int owners) {
        return new FunnelTopology(
                policy.reference().toString(),
                () -> new ShadowFolding(policy),
                calendar.with(() -> Optional.of(policy.dimensions())),
                counts,
                owners,
                FunnelTopology::kept);
    }

    /** On disk, but for what never is many: a disk's store is slow to look through where most was deleted. */
    private static KeyValueBytesStoreSupplier kept(String store) {
        return store.equals(LeadMetrics.STALE) || store.equals(MetricsProcessor.UNTOLD)
                ? Stores.inMemoryKeyValueStore(store)
                : Stores.persistentKeyValueStore(store);
    }

    Topology build() {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, LeadChange> changes = builder.stream(
                        Topic.LEAD_EVENTS.topicName(),
                        Consumed.with(Serdes.String(), Serdes.ByteArray()).withName("lead-events"))
                .process(
                        new WithStores<>(
                                () -> new LeadsProcessor(folding.get(), metrics, counts, owners),
                                Set.of(
                                        store(LeadsProcessor.STORE, Serdes.String()),
                                        store(LeadMetrics.STALE, Serdes.String()),
                                        store(LeadMetrics.TOLD, Serdes.String()))),
                        Named.as("leads"));
        changes.filter((leadId, change) -> change instanceof LeadChange.Shown, Named.as("shown"))
                .mapValues(FunnelTopology::json, Named.as("states"))
                .to(Topic.LEAD_STATE.topicName(), produced("lead-state"));
        byOwner(
                        "row",
                        changes.filter((leadId, change) -> change instanceof LeadChange.ForRows, Named.as("for-rows"))
                                .map(FunnelTopology::rowsByOwner, Named.as("rows-by-owner")))
                .process(
                        new WithStores<>(
                                () -> new RowsProcessor(policy, counts),
                                Set.of(
                                        store(RowsProcessor.STORE, Serdes.Bytes()),
                                        store(RowsProcessor.PENDING, Serdes.Long()))),
                        Named.as("rows"))
                .to(Topic.FUNNEL_STAGES.topicName(), produced("funnel-stages"));
        KStream<String, MetricsProcessor.Told> told = byOwner(
                        "metric",
                        changes.filter(
                                        (leadId, change) -> change instanceof LeadChange.ForMetrics,
                                        Named.as("for-metrics"))
                                .map(FunnelTopology::metricsByOwner, Named.as("metrics-by-owner")))
                .process(
                        new WithStores<>(
                                () -> new MetricsProcessor(policy, metrics, counts),
                                Set.of(
                                        store(MetricsProcessor.DAYS, Serdes.Bytes()),
                                        store(MetricsProcessor.SERIES, Serdes.Bytes()),
                                        store(MetricsProcessor.UNTOLD, Serdes.Bytes()))),
                        Named.as("metrics"));
        told.filter((key, row) -> !row.shared(), Named.as("told-stages"))
                .mapValues(MetricsProcessor.Told::json, Named.as("bucket-stages"))
                .to(Topic.FUNNEL_STAGES.topicName(), produced("funnel-stages-of-buckets"));
        told.filter((key, row) -> row.shared(), Named.as("told-shared"))
                .mapValues(MetricsProcessor.Told::json, Named.as("bucket-shared"))
                .to(Topic.FUNNEL_SHARED.topicName(), produced("funnel-shared"));
        return builder.build();
    }

    private static byte @Nullable [] json(LeadChange change) {
        return ((LeadChange.Shown) change).json();
    }

    private static Produced<String, byte[]> produced(String name) {
        return Produced.with(Serdes.String(), Serdes.ByteArray()).withName(name);
    }

    private static KeyValue<Integer, byte[]> rowsByOwner(String leadId, LeadChange change) {
        LeadChange.ForRows forRows = (LeadChange.ForRows) change;
        return KeyValue.pair(forRows.owner(), forRows.changes());
    }

    private static KeyValue<Integer, byte[]> metricsByOwner(String leadId, LeadChange change) {
        LeadChange.ForMetrics forMetrics = (LeadChange.ForMetrics) change;
        return KeyValue.pair(forMetrics.owner(), forMetrics.change());
    }

    private KStream<Integer, byte[]> byOwner(String whose, KStream<Integer, byte[]> changes) {
        return changes.repartition(Repartitioned.with(Serdes.Integer(), Serdes.ByteArray())
                .withName(whose + "-changes")
                .withNumberOfPartitions(owners)
                .withStreamPartitioner((topic, owner, change, partitions) -> Optional.of(Set.of(owner % partitions))));
    }

    /** Cached, so that what changes many times between two commits is logged once. */
    private <K> StoreBuilder<?> store(String name, Serde<K> keys) {
        return Stores.keyValueStoreBuilder(stores.apply(name), keys, Serdes.ByteArray())
                .withCachingEnabled()
                .withLoggingEnabled(Map.of());
    }

    private record WithStores<K, V, L, W>(ProcessorSupplier<K, V, L, W> processors, Set<StoreBuilder<?>> stores)
            implements ProcessorSupplier<K, V, L, W> {

        @Override
        public Processor<K, V, L, W> get() {
            return processors.get();
        }
    }
}
