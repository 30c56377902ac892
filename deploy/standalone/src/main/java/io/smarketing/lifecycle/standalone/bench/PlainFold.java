package io.smarketing.lifecycle.standalone.bench;

import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.event.EventType;
import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.FunnelStage;
import io.smarketing.lifecycle.funnel.FunnelTally;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.MetricCell;
import io.smarketing.lifecycle.funnel.metric.MetricDays;
import io.smarketing.lifecycle.funnel.metric.MetricDefinition;
import io.smarketing.lifecycle.funnel.metric.MetricTally;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.lead.Stage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one would write without Kafka Streams: one consumer with everything in memory, that puts the rows that changed into PostgreSQL once a
 * second, and its place in the topic with them. It tells the same rows by the same code, but no topic; it does not outgrow one process,
 * starts by reading everything, and does not restate later days.
 */
final class PlainFold implements AutoCloseable {

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String PREFIX = "ce_";
    private static final List<Dimension> DIMENSIONS =
            Dimension.BUILT_IN.stream().map(Dimension::new).toList();

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final RecordedCodec codec = new RecordedCodec();
    private final MetricDefinition definition = MetricDefinition.standard(ZoneOffset.UTC);
    private final Map<String, Known> leads = new HashMap<>();
    private final Map<String, Value> values = new HashMap<>();
    private final Set<Known> changed = new HashSet<>();
    private long revision;

    private static final class Known {

        private final String leadId;
        private final List<Entry> entries = new ArrayList<>();
        private List<Value> counted = List.of();
        private FunnelTally tally = new FunnelTally();
        private MetricDays days = MetricDays.exact();

        Known(String leadId) {
            this.leadId = leadId;
        }
    }

    /** A dimension's value. */
    private static final class Value {

        private final String dimension;
        private final @Nullable String name;
        private final FunnelTally whole = FunnelTally.bounded();
        private final Map<Bucket, MetricTally> buckets = new TreeMap<>();
        private final Set<Stage> touched = EnumSet.noneOf(Stage.class);
        private final Map<Bucket, Set<Stage>> touchedBuckets = new TreeMap<>();

        Value(String dimension, @Nullable String name) {
            this.dimension = dimension;
            this.name = name;
        }

        void merge(FunnelTally change, MetricDays days) {
            whole.merge(change);
            touched.addAll(change.stages());
            days.days().forEach((day, tally) -> {
                for (Grain grain : Grain.values()) {
                    Bucket bucket = grain.bucket(day);
                    buckets.computeIfAbsent(bucket, absent -> MetricTally.bounded())
                            .merge(tally);
                    touchedBuckets
                            .computeIfAbsent(bucket, absent -> EnumSet.noneOf(Stage.class))
                            .addAll(tally.stages());
                }
            });
        }
    }

    PlainFold(Workbench workbench) {
        jdbc = workbench.bean(JdbcTemplate.class);
        transactions = new TransactionTemplate(workbench.bean(PlatformTransactionManager.class));
        jdbc.execute("DROP TABLE IF EXISTS bench_row, bench_lead, bench_offset");
        jdbc.execute("CREATE TABLE bench_row (key text PRIMARY KEY, figures jsonb NOT NULL)");
        jdbc.execute("CREATE TABLE bench_lead (lead_id text PRIMARY KEY, state jsonb NOT NULL)");
        jdbc.execute("CREATE TABLE bench_offset (partition int PRIMARY KEY, next bigint NOT NULL)");
        Map<String, Object> settings = workbench.bean(KafkaSettings.class).consumer("bench-plain");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        consumer = new KafkaConsumer<>(settings);
    }

    /** Folds so many events; returns how many a second. */
    double fold(long events) {
        List<TopicPartition> partitions = consumer.partitionsFor(Topic.LEAD_EVENTS.topicName()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        long begun = System.nanoTime();
        long written = begun;
        long folded = 0;
        while (folded < events) {
            for (ConsumerRecord<byte[], byte[]> event : consumer.poll(Duration.ofMillis(100))) {
                take(event);
                folded++;
            }
            if (System.nanoTime() - written > PERIOD_NANOS || folded >= events) {
                write(partitions);
                written = System.nanoTime();
            }
        }
        return folded * (double) TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begun);
    }

    private void take(ConsumerRecord<byte[], byte[]> event) {
        Map<String, String> attributes = new HashMap<>();
        for (Header header : event.headers()) {
            if (header.key().startsWith(PREFIX)) {
                attributes.put(
                        header.key().substring(PREFIX.length()), new String(header.value(), StandardCharsets.UTF_8));
            }
        }
        EventType type =
                EventType.ofStoredName(attributes.getOrDefault("type", "")).orElseThrow();
        if (type == EventType.ACTIVITY || type == EventType.SCORED) {
            return;
        }
        Recorded recorded;
        try {
            recorded = codec.read(new RecordedCodec.Parts(attributes, event.value()));
        } catch (RecordedCodec.UnreadableRecord e) {
            throw new IllegalStateException(e);
        }
        Known lead = leads.computeIfAbsent(recorded.leadId(), Known::new);
        lead.entries.add(recorded.entry(Long.parseLong(attributes.getOrDefault("sequence", "0"))));
        changed.add(lead);
    }

    private void write(List<TopicPartition> partitions) {
        Map<String, ObjectNode> states = new LinkedHashMap<>();
        Set<Value> touched = new HashSet<>();
        for (Known lead : changed) {
            LeadFold fold = LeadFold.of(new LeadHistory(lead.leadId, lead.entries), Marks.live())
                    .orElse(null);
            FunnelTally out = new FunnelTally();
            out.retract(lead.tally);
            MetricDays outDays = MetricDays.exact().retract(lead.days);
            for (Value value : lead.counted) {
                value.merge(out, outDays);
                touched.add(value);
            }
            lead.tally = fold == null ? new FunnelTally() : FunnelTally.of(fold);
            lead.days = fold == null ? MetricDays.exact() : MetricDays.of(fold, definition);
            lead.counted = new ArrayList<>();
            if (fold != null) {
                for (Dimension dimension : DIMENSIONS) {
                    Value value = value(dimension, fold);
                    value.merge(lead.tally, lead.days);
                    lead.counted.add(value);
                    touched.add(value);
                }
                states.put(lead.leadId, state(fold));
            }
        }
        changed.clear();
        Map<String, ObjectNode> rows = rows(touched);
        transactions.executeWithoutResult(status -> {
            put(
                    "INSERT INTO bench_row VALUES (?, ?::jsonb) ON CONFLICT (key) DO UPDATE SET figures = excluded.figures",
                    rows);
            put(
                    "INSERT INTO bench_lead VALUES (?, ?::jsonb) ON CONFLICT (lead_id) DO UPDATE SET state = excluded.state",
                    states);
            for (TopicPartition partition : partitions) {
                jdbc.update(
                        "INSERT INTO bench_offset VALUES (?, ?) ON CONFLICT (partition) DO UPDATE SET next = excluded.next",
                        partition.partition(),
                        consumer.position(partition));
            }
        });
    }

    private Value value(Dimension dimension, LeadFold fold) {
        String name = dimension.valueOf(fold);
        return values.computeIfAbsent(dimension.name() + "|" + name, absent -> new Value(dimension.name(), name));
    }

    private static ObjectNode state(LeadFold fold) {
        ObjectNode state = JsonNodeFactory.instance.objectNode();
        state.put("stage", fold.stage().name())
                .put("capturedAt", fold.capturedAt().toString());
        fold.visits()
                .forEach(visit -> state.withArray("visits")
                        .addObject()
                        .put("stage", visit.stage().name())
                        .put("entered", visit.entered().toString()));
        return state;
    }

    private Map<String, ObjectNode> rows(Set<Value> touched) {
        Map<String, ObjectNode> rows = new LinkedHashMap<>();
        revision++;
        for (Value value : touched) {
            for (Stage stage : value.touched) {
                FunnelStage row = new FunnelStage(FunnelStage.ACTIVE, value.dimension, value.name, stage);
                rows.put(row.key(), row.toJson(value.whole, revision, Instant.EPOCH, 0));
            }
            Map<Grain, long[]> held = new HashMap<>();
            Map<Grain, LocalDate> reached = new HashMap<>();
            value.touchedBuckets.forEach((bucket, stages) -> rowsOf(value, bucket, stages, held, reached, rows));
            value.touched.clear();
            value.touchedBuckets.clear();
        }
        return rows;
    }

    private void rowsOf(
            Value value,
            Bucket bucket,
            Set<Stage> stages,
            Map<Grain, long[]> held,
            Map<Grain, LocalDate> reached,
            Map<String, ObjectNode> rows) {
        MetricTally tally = value.buckets.getOrDefault(bucket, MetricTally.bounded());
        MetricCell cell = new MetricCell(FunnelStage.ACTIVE, bucket, value.dimension, value.name);
        MetricCell.Standing standing = new MetricCell.Standing(revision, false, Instant.EPOCH, 0);
        if (bucket.grain() != Grain.ALL) {
            long[] start = held.computeIfAbsent(bucket.grain(), absent -> new long[Stage.values().length]);
            LocalDate from = reached.getOrDefault(bucket.grain(), LocalDate.MIN);
            value.buckets.forEach((earlier, flows) -> {
                if (earlier.grain() == bucket.grain()
                        && !earlier.first().isBefore(from)
                        && earlier.first().isBefore(bucket.first())) {
                    for (Stage stage : Stage.values()) {
                        start[stage.ordinal()] += flows.entered(stage) - flows.left(stage);
                    }
                }
            });
            reached.put(bucket.grain(), bucket.first());
            for (Stage stage : stages) {
                rows.put(
                        cell.stageKey(stage),
                        cell.stageRow(stage, tally, start[stage.ordinal()], definition, standing));
            }
        }
        rows.put("shared" + cell.sharedKey(), cell.sharedRow(tally, definition, standing));
    }

    private void put(String sql, Map<String, ObjectNode> rows) {
        List<Object[]> parameters = new ArrayList<>();
        rows.forEach((key, json) -> parameters.add(new Object[] {key, json.toString()}));
        jdbc.batchUpdate(sql, parameters);
    }

    /** Of what it has folded, how many leads stand somewhere. */
    long leads() {
        return leads.values().stream()
                .filter(lead -> lead.entries.stream().anyMatch(entry -> entry.event() instanceof LeadEvent.Captured))
                .count();
    }

    @Override
    public void close() {
        consumer.close();
        jdbc.execute("DROP TABLE IF EXISTS bench_row, bench_lead, bench_offset");
    }
}
