package io.smarketing.lifecycle.projections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.event.TopicSchemas;
import io.smarketing.lifecycle.funnel.FunnelStage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The topology in the test driver, which commits after every record. What comes out is kept as a compacted topic keeps it. */
final class TopologyRun implements AutoCloseable {

    private static final RecordedCodec CODEC = new RecordedCodec();
    /** Keeps all digits. */
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final TopicSchemas SCHEMAS = new TopicSchemas();
    /** Work takes no time, so that no task rests for longer on a busy machine. */
    static final LongSupplier STANDING_STILL = () -> 0;

    private static final Duration A_WHILE = Duration.ofMillis(300);
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(1);
    private static final int MOST_TICKS = 1_000;
    /** Longer than anything rests. */
    private static final int MOST_QUIET_TICKS = 15;
    /** Days in UTC, and no attribute is a dimension. */
    static final MetricSettings METRICS =
            new MetricSettings.Calendar(ZoneOffset.UTC, Duration.ofDays(7)).with(() -> Optional.of(List.of()));

    private final TopologyCounts counts = new TopologyCounts();
    private final TopologyTestDriver driver;
    private final TestInputTopic<@Nullable String, byte @Nullable []> events;
    private final TestOutputTopic<String, byte @Nullable []> states;
    private final TestOutputTopic<String, byte[]> rows;
    private final TestOutputTopic<String, byte[]> shared;
    private final Compacted compacted;
    private int bucketRows;
    /** As the driver has it. */
    private Instant now = Instant.now();

    /**
     * The topics that are written, each with the latest value of a key. A lead that is no more has a null.
     *
     * @param rows of all of time
     * @param buckets rows of days, weeks and months
     */
    record Compacted(
            Map<String, JsonNode> rows,
            Map<String, JsonNode> buckets,
            Map<String, JsonNode> shared,
            Map<String, @Nullable JsonNode> states) {

        Compacted() {
            this(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        }

        JsonNode state(String leadId) {
            JsonNode state = states.get(leadId);
            if (state == null) {
                throw new AssertionError("no state of " + leadId);
            }
            return state;
        }

        JsonNode row(String key) {
            return of(rows, key);
        }

        JsonNode bucket(String key) {
            return of(buckets, key);
        }

        JsonNode sharedRow(String key) {
            return of(shared, key);
        }

        private static JsonNode of(Map<String, JsonNode> rows, String key) {
            JsonNode row = rows.get(key);
            if (row == null) {
                throw new AssertionError("no row " + key);
            }
            return row;
        }
    }

    /** Runs upon what earlier runs left. */
    TopologyRun(KeptStore.Disk disk, Compacted compacted, String stateDir) {
        this(disk, compacted, stateDir, METRICS);
    }

    TopologyRun(KeptStore.Disk disk, Compacted compacted, String stateDir, MetricSettings metrics) {
        this(disk, compacted, stateDir, metrics, STANDING_STILL);
    }

    /** With another clock within a task's work. */
    TopologyRun(
            KeptStore.Disk disk, Compacted compacted, String stateDir, MetricSettings metrics, LongSupplier nanoTime) {
        this(disk, compacted, stateDir, FunnelStage.ACTIVE, OfficialFolding::new, metrics, nanoTime);
    }

    /** Of one policy's series. */
    TopologyRun(
            KeptStore.Disk disk,
            Compacted compacted,
            String stateDir,
            String policy,
            Supplier<Folding> folding,
            MetricSettings metrics,
            LongSupplier nanoTime) {
        Properties settings = StreamsSettings.of(
                StreamsSettings.Pace.SOON,
                "test-" + policy,
                stateDir,
                "test",
                1,
                Map.of("bootstrap.servers", "nowhere:1"));
        driver = new TopologyTestDriver(
                new FunnelTopology(
                                EnumSet.allOf(FunnelTopology.Way.class),
                                policy,
                                folding,
                                metrics,
                                counts,
                                2,
                                disk::supplier,
                                nanoTime)
                        .build(),
                settings,
                now);
        events = driver.createInputTopic(
                Topic.LEAD_EVENTS.topicName(), new StringSerializer(), new ByteArraySerializer());
        states = driver.createOutputTopic(
                Topic.LEAD_STATE.topicName(), new StringDeserializer(), new ByteArrayDeserializer());
        rows = driver.createOutputTopic(
                Topic.FUNNEL_STAGES.topicName(), new StringDeserializer(), new ByteArrayDeserializer());
        shared = driver.createOutputTopic(
                Topic.FUNNEL_SHARED.topicName(), new StringDeserializer(), new ByteArrayDeserializer());
        this.compacted = compacted;
    }

    TopologyCounts counts() {
        return counts;
    }

    static Headers headers(RandomLog.Written written) {
        Headers headers = new RecordHeaders();
        CODEC.attributes(written.recorded()).forEach((name, value) -> header(headers, "ce_" + name, value));
        header(headers, "ce_sequence", String.valueOf(written.sequence()));
        header(headers, "ce_position", String.valueOf(written.position()));
        header(headers, "content-type", "application/json");
        return headers;
    }

    private static void header(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] data(RandomLog.Written written) {
        return JSON.writeValueAsBytes(CODEC.data(written.recorded()));
    }

    void send(List<RandomLog.Written> log) {
        for (RandomLog.Written written : log) {
            send(written.recorded().leadId(), data(written), headers(written));
        }
    }

    /** Events that just came to the log. */
    void send(@Nullable String key, byte @Nullable [] value, Headers headers) {
        events.pipeInput(new TestRecord<>(key, value, headers, now));
    }

    /** An event that came to the log so long ago. */
    void send(RandomLog.Written written, Duration ago) {
        events.pipeInput(
                new TestRecord<>(written.recorded().leadId(), data(written), headers(written), now.minus(ago)));
    }

    /** Rows of days, weeks and months that were read. */
    int bucketRows() {
        return bucketRows;
    }

    /** Lets the clock tick, and reads all rows that were written; returns the keys, in order. */
    List<String> tick() {
        pass(A_WHILE);
        pass(A_WHILE);
        return read();
    }

    /** Lets the clock tick until nothing more is told of days, weeks and months; returns the number of their rows. */
    int settle() {
        int all = 0;
        int quiet = 0;
        for (int tick = 0; quiet < MOST_QUIET_TICKS; tick++) {
            if (tick == MOST_TICKS) {
                throw new AssertionError("it never settles");
            }
            pass(LONG_ENOUGH);
            int told = bucketRows;
            read();
            quiet = told == bucketRows ? quiet + 1 : 0;
            all += bucketRows - told;
        }
        return all;
    }

    void pass(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
    }

    /** What was written by now, which keeps the contracts of its topics; returns the keys of rows of all of time, in order. */
    List<String> read() {
        List<String> keys = new ArrayList<>();
        for (TestRecord<String, byte[]> row : rows.readRecordsToList()) {
            assertKeepsContract(Topic.FUNNEL_STAGES, row);
            JsonNode json = JSON.readTree(row.value());
            if (json.path("grain").stringValue().equals("all")) {
                keys.add(row.key());
                compacted.rows().put(row.key(), json);
            } else {
                bucketRows++;
                compacted.buckets().put(row.key(), json);
            }
        }
        for (TestRecord<String, byte[]> row : shared.readRecordsToList()) {
            assertKeepsContract(Topic.FUNNEL_SHARED, row);
            bucketRows++;
            compacted.shared().put(row.key(), JSON.readTree(row.value()));
        }
        for (TestRecord<String, byte @Nullable []> state : states.readRecordsToList()) {
            assertKeepsContract(Topic.LEAD_STATE, state);
            byte[] json = state.value();
            compacted.states().put(state.key(), json == null ? null : JSON.readTree(json));
        }
        return keys;
    }

    private static void assertKeepsContract(Topic topic, TestRecord<String, ? extends byte @Nullable []> written) {
        Map<String, String> headers = new LinkedHashMap<>();
        written.headers().forEach(header -> headers.put(header.key(), ""));
        byte[] key = written.key().getBytes(StandardCharsets.UTF_8);
        assertThat(SCHEMAS.violations(topic, key, headers, written.value()))
                .as("%s %s", topic.topicName(), written.key())
                .isEmpty();
    }

    @Override
    public void close() {
        driver.close();
    }
}
