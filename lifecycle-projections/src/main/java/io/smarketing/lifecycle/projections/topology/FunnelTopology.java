package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.funnel.FunnelStage;
import io.smarketing.lifecycle.policy.Policy;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.config.TopicConfig;
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
 * Two ways, each of two stages. The first stage keeps the leads of its partitions and says what events change; the second owns rows, each
 * row in one task, and adds the changes up:
 *
 * <pre>
 * lead.events ─► leads ─┬─► lead.state
 *                       └─► (by owner of the rows) ─► rows ─► funnel.stages, of all of time
 *
 * lead.events ─► metric-leads ─► (by owner of the days) ─► metrics ─► funnel.stages of days, weeks, months; funnel.shared
 * </pre>
 *
 * The ways share nothing, and can be run by programs, and at a pace, of their own.
 *
 * @param ways which of them
 * @param policy names the series of rows
 * @param foldings one for each task
 * @param metrics what they are made with
 * @param owners how many tasks share the rows; it cannot change while the topology has state
 * @param stores opens a store by its name
 * @param nanoTime how time passes within a task's work, as {@link System#nanoTime}
 */
record FunnelTopology(
        Set<Way> ways,
        String policy,
        Supplier<Folding> foldings,
        MetricSettings metrics,
        TopologyCounts counts,
        int owners,
        Function<String, KeyValueBytesStoreSupplier> stores,
        LongSupplier nanoTime) {

    /** Under load, of one core. */
    private static final int PERCENT_TO_FOLD = 10;

    private static final int PERCENT_TO_TELL = 5;

    /** A segment holds the largest record. */
    private static final Map<String, String> CHANGELOG =
            Map.of(TopicConfig.SEGMENT_BYTES_CONFIG, String.valueOf(StreamsSettings.LARGEST_RECORD_BYTES));

    /** From the log to rows. */
    enum Way {
        /** Event by event: what stages hold, of all of time. */
        STAGES,
        /** In portions: days, weeks, months, and the shared metrics. */
        METRICS
    }

    /** One way of the official series. */
    static FunnelTopology official(Way way, MetricSettings metrics, TopologyCounts counts, int owners) {
        return new FunnelTopology(
                Set.of(way),
                FunnelStage.ACTIVE,
                OfficialFolding::new,
                metrics,
                counts,
                owners,
                FunnelTopology::kept,
                System::nanoTime);
    }

    /** Both ways of the series of a policy which is not in force. */
    static FunnelTopology shadow(Policy policy, MetricSettings.Calendar calendar, TopologyCounts counts, int owners) {
        return new FunnelTopology(
                EnumSet.allOf(Way.class),
                policy.reference().toString(),
                () -> new ShadowFolding(policy),
                calendar.with(() -> Optional.of(policy.dimensions())),
                counts,
                owners,
                FunnelTopology::kept,
                System::nanoTime);
    }

    /** On disk, but for what never is many: a disk's store is slow to look through where most was deleted. */
    private static KeyValueBytesStoreSupplier kept(String store) {
        return store.equals(MetricLeads.STALE) || store.equals(MetricsProcessor.UNTOLD)
                ? Stores.inMemoryKeyValueStore(store)
                : Stores.persistentKeyValueStore(store);
    }

    Topology build() {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, byte[]> events = builder.stream(
                Topic.LEAD_EVENTS.topicName(),
                Consumed.with(Serdes.String(), Serdes.ByteArray()).withName("lead-events"));
        if (ways.contains(Way.STAGES)) {
            stages(events);
        }
        if (ways.contains(Way.METRICS)) {
            metrics(events);
        }
        return builder.build();
    }

    private void stages(KStream<String, byte[]> events) {
        KStream<String, LeadChange> changes = events.process(
                new WithStores<>(
                        () -> new LeadsProcessor(foldings.get(), counts, owners),
                        Set.of(store(LeadsProcessor.STORE, Serdes.String()))),
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
                                () -> new RowsProcessor(policy, counts, nanoTime),
                                Set.of(
                                        store(RowsProcessor.STORE, Serdes.Bytes()),
                                        store(RowsProcessor.PENDING, Serdes.Long()))),
                        Named.as("rows"))
                .to(Topic.FUNNEL_STAGES.topicName(), produced("funnel-stages"));
    }

    private void metrics(KStream<String, byte[]> events) {
        Share folding = new Share(PERCENT_TO_FOLD);
        Share telling = new Share(PERCENT_TO_TELL);
        Traffic traffic = new Traffic();
        KStream<Integer, byte[]> changes = events.process(
                new WithStores<>(
                        () -> new MetricLeads(foldings.get(), metrics, owners, folding, traffic, nanoTime),
                        Set.of(
                                store(MetricLeads.STORE, Serdes.String()),
                                store(MetricLeads.STALE, Serdes.String()),
                                store(MetricLeads.TOLD, Serdes.String()))),
                Named.as("metric-leads"));
        KStream<String, MetricsProcessor.Told> told = byOwner("metric", changes)
                .process(
                        new WithStores<>(
                                () -> new MetricsProcessor(policy, metrics, counts, telling, traffic, nanoTime),
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
                .withLoggingEnabled(CHANGELOG);
    }

    private record WithStores<K, V, L, W>(ProcessorSupplier<K, V, L, W> processors, Set<StoreBuilder<?>> stores)
            implements ProcessorSupplier<K, V, L, W> {

        @Override
        public Processor<K, V, L, W> get() {
            return processors.get();
        }
    }
}
