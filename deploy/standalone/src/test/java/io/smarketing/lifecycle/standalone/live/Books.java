package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;

/**
 * What store, topic and counts say of all that was sent, held against each other. Every look reads on from where the last one ended, also
 * when the servers were others meanwhile.
 */
final class Books {

    private static final String ENGINE = "urn:io.smarketing:lifecycle";
    private static final String DECISIONS = ENGINE + ":decisions";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Map<String, Long> nextStored = new HashMap<>();
    private final Map<String, Long> nextCarried = new HashMap<>();
    private final Map<TopicPartition, Long> reached = new HashMap<>();

    /** What the store has and the topic was not seen to have yet: names of events by lead and sequence. */
    private final Map<String, String> toBeCarried = new HashMap<>();

    private long position;
    private long fromDoors;

    static JdbcClient database(String jdbcUrl) {
        return JdbcClient.create(new DriverManagerDataSource(jdbcUrl, "lifecycle", ""));
    }

    /** Those of some events that are neither stored nor parked. */
    static Set<String> missing(JdbcClient jdbc, Collection<String> names) {
        Set<String> missing = new HashSet<>(names);
        String[] asked = names.toArray(String[]::new);
        for (String table : List.of("lead_event", "parked_fact")) {
            missing.removeAll(jdbc.sql(
                            "SELECT n.name FROM unnest(?::text[]) AS n (name) JOIN lifecycle.%s".formatted(table)
                                    + " ON source = split_part(n.name, ' ', 1) AND event_id = split_part(n.name, ' ', 2)")
                    .param(asked)
                    .query(String.class)
                    .set());
        }
        return missing;
    }

    /**
     * Everything that was sent is there once, in order and in the topic too; to be called when nobody sends any more.
     *
     * @return the facts that came to the store since the last call, by name, in their order
     */
    List<String> settle(Client client, JdbcClient jdbc, String bootstrapServers, Collection<String> sent) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(missing(jdbc, sent)).isEmpty());
        List<String> facts = readStore(jdbc);
        readTopic(bootstrapServers);
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .untilAsserted(() -> assertCountsAddUp(client, jdbc));
        return facts;
    }

    /** A fact as the store has it. */
    static String stored(JdbcClient jdbc, String name) {
        return jdbc.sql("SELECT payload FROM lifecycle.lead_event WHERE source = split_part(?, ' ', 1)"
                        + " AND event_id = split_part(?, ' ', 2)")
                .params(name, name)
                .query(String.class)
                .single();
    }

    private record Row(long position, String lead, long sequence, String source, String id) {}

    private List<String> readStore(JdbcClient jdbc) {
        List<String> facts = new ArrayList<>();
        List<Row> rows = jdbc.sql("SELECT global_index, lead_id, sequence, source, event_id FROM lifecycle.lead_event"
                        + " WHERE global_index > ? ORDER BY global_index")
                .param(position)
                .query((row, number) ->
                        new Row(row.getLong(1), row.getString(2), row.getLong(3), row.getString(4), row.getString(5)))
                .list();
        for (Row row : rows) {
            String name = row.source() + " " + row.id();
            assertThat(row.sequence())
                    .as("sequence of %s in the lead %s", name, row.lead())
                    .isEqualTo(nextStored.merge(row.lead(), 1L, Long::sum) - 1);
            toBeCarried.put(row.lead() + " " + row.sequence(), name);
            if (!row.source().startsWith(ENGINE)) {
                facts.add(name);
                fromDoors++;
            } else if (row.source().equals(DECISIONS)) {
                facts.add(name);
            }
            position = row.position();
        }
        return facts;
    }

    /** As a reader of committed records sees it. */
    private void readTopic(String bootstrapServers) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("lead.events").stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            partitions.forEach(partition -> consumer.seek(partition, reached.getOrDefault(partition, 0L)));
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!toBeCarried.isEmpty() && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(this::take);
            }
            // What comes once more comes soon.
            consumer.poll(Duration.ofMillis(50)).forEach(this::take);
            partitions.forEach(partition -> reached.put(partition, consumer.position(partition)));
        }
        assertThat(toBeCarried).as("stored, and not on lead.events").isEmpty();
    }

    private void take(ConsumerRecord<byte[], byte[]> entry) {
        String lead = new String(entry.key(), StandardCharsets.UTF_8);
        long sequence = Long.parseLong(header(entry, "ce_sequence"));
        String name = header(entry, "ce_source") + " " + header(entry, "ce_id");
        assertThat(sequence)
                .as("sequence of %s of the lead %s at %s-%d", name, lead, entry.topic(), entry.offset())
                .isEqualTo(nextCarried.merge(lead, 1L, Long::sum) - 1);
        assertThat(toBeCarried.remove(lead + " " + sequence))
                .as("what the store has there")
                .isEqualTo(name);
    }

    private static String header(ConsumerRecord<byte[], byte[]> entry, String name) {
        return new String(entry.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private void assertCountsAddUp(Client client, JdbcClient jdbc) {
        long stored = 0;
        long parked = 0;
        for (JsonNode door : client.json("/v1/intake").get("doors")) {
            long sum = 0;
            for (String outcome : List.of("stored", "duplicates", "parked", "deadLetters", "refused")) {
                sum += door.get(outcome).longValue();
            }
            assertThat(door.get("sent").longValue()).as(door.toString()).isEqualTo(sum);
            stored += door.get("stored").longValue();
            parked += door.get("parked").longValue();
        }
        assertThat(stored).as("stored, as counted").isEqualTo(fromDoors);
        assertThat(parked)
                .as("parked, as counted")
                .isEqualTo(jdbc.sql("SELECT count(*) FROM lifecycle.parked_fact")
                        .query(Long.class)
                        .single());
    }
}
