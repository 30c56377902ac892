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
 *                       └─► (by owner of the rows) ─► rows ─► funnel.stages
 * </pre>
 *
 * @param policy names the series of rows
 * @param folding of each task
 * @param owners how many tasks share the rows; it cannot change while the topology has state
 * @param stores opens a store by its name
 */
record FunnelTopology(
        String policy,
        Supplier<Folding> folding,
        TopologyCounts counts,
        int owners,
        Function<String, KeyValueBytesStoreSupplier> stores) {

    /** The official one, with stores on disk. */
    static FunnelTopology official(TopologyCounts counts, int owners) {
        return new FunnelTopology(
                FunnelStage.ACTIVE, OfficialFolding::new, counts, owners, Stores::persistentKeyValueStore);
    }

    /** That of a policy which is not in force, with stores on disk. */
    static FunnelTopology shadow(Policy policy, TopologyCounts counts, int owners) {
        return new FunnelTopology(
                policy.reference().toString(),
                () -> new ShadowFolding(policy),
                counts,
                owners,
                Stores::persistentKeyValueStore);
    }

    Topology build() {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, LeadChange> changes = builder.stream(
                        Topic.LEAD_EVENTS.topicName(),
                        Consumed.with(Serdes.String(), Serdes.ByteArray()).withName("lead-events"))
                .process(
                        new WithStores<>(
                                () -> new LeadsProcessor(folding.get(), counts, owners),
                                Set.of(store(LeadsProcessor.STORE, Serdes.String()))),
                        Named.as("leads"));
        changes.filter((leadId, change) -> change instanceof LeadChange.Shown, Named.as("shown"))
                .mapValues(FunnelTopology::json, Named.as("states"))
                .to(
                        Topic.LEAD_STATE.topicName(),
                        Produced.with(Serdes.String(), Serdes.ByteArray()).withName("lead-state"));
        changes.filter((leadId, change) -> change instanceof LeadChange.ForRows, Named.as("for-rows"))
                .map(FunnelTopology::byOwner, Named.as("by-owner"))
                .repartition(Repartitioned.with(Serdes.Integer(), Serdes.ByteArray())
                        .withName("row-changes")
                        .withNumberOfPartitions(owners)
                        .withStreamPartitioner(
                                (topic, owner, change, partitions) -> Optional.of(Set.of(owner % partitions))))
                .process(
                        new WithStores<>(
                                () -> new RowsProcessor(policy, counts),
                                Set.of(
                                        store(RowsProcessor.STORE, Serdes.Bytes()),
                                        store(RowsProcessor.PENDING, Serdes.Long()))),
                        Named.as("rows"))
                .to(
                        Topic.FUNNEL_STAGES.topicName(),
                        Produced.with(Serdes.String(), Serdes.ByteArray()).withName("funnel-stages"));
        return builder.build();
    }

    private static byte @Nullable [] json(LeadChange change) {
        return ((LeadChange.Shown) change).json();
    }

    private static KeyValue<Integer, byte[]> byOwner(String leadId, LeadChange change) {
        LeadChange.ForRows forRows = (LeadChange.ForRows) change;
        return KeyValue.pair(forRows.owner(), forRows.changes());
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
