package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.FoldOrder;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.projections.topology.LogRecord;
import io.smarketing.lifecycle.replay.columns.Coverage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The history that {@code lead.events} tells: committed records of all partitions, from the first to where each ended when the reading
 * began. An event that is there twice, as a topic may have it, is taken once. Memory holds all of it.
 */
public final class TopicHistory {

    private static final Duration POLL = Duration.ofMillis(500);
    private static final long PATIENCE_SECONDS = 60;
    private static final int ANSWER_MILLIS = 30_000;
    /** Records decoded at a time, by all cores. */
    private static final int BATCH = 8_192;

    private static final int FETCHED_BYTES = 4 << 20;
    private static final Comparator<Entry> BY_SEQUENCE = Comparator.comparingLong(Entry::sequence);

    private final String topic;
    private final Watch watch;
    private final Map<String, List<Entry>> entries = new HashMap<>();
    private final Map<String, String> emitters = new HashMap<>();
    private final List<LeadHistory> leads = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();
    private long records;
    private long facts;
    private long verdicts;
    private long duplicates;
    private long unreadable;
    private long withoutCapture;
    private long deleted;
    private long hidden;
    private @Nullable Last last;

    /** Hears how far the reading is, and of what it passes over. */
    public interface Watch {

        /** So many offsets are to be read; some of them are no records, but ends of transactions. */
        void begins(long offsets);

        void hasRead(long offsets);

        /** May throw, to stop the reading. */
        void passesOver(Unreadable unreadable);
    }

    /** A record that is no event of a lead's history. */
    public record Unreadable(String topic, int partition, long offset, String reason) {

        @Override
        public String toString() {
            return "%s-%d@%d: no event of the engine: %s".formatted(topic, partition, offset, reason);
        }
    }

    /**
     * Events of a lead that are nowhere on the topic, although later ones of it are.
     *
     * @param from the first of them, by its place in the lead
     * @param to the last of them
     */
    public record Gap(String leadId, long from, long to) {

        @Override
        public String toString() {
            return from == to
                    ? "lead '%s' lacks the event %d of its sequence".formatted(leadId, from)
                    : "lead '%s' lacks the events %d to %d of its sequence".formatted(leadId, from, to);
        }
    }

    /**
     * What became of the records: {@code records = facts + verdicts + duplicates + unreadable}.
     *
     * @param verdicts scores and marks, those of other systems among them, and markers of a rescore
     * @param duplicates the same event at the same place of its lead again
     * @param unreadable no value, not written by the engine, damaged since, or another event at a place that is taken
     */
    public record Counts(long records, long facts, long verdicts, long duplicates, long unreadable) {}

    private record Decoded(
            ConsumerRecord<String, byte[]> source,
            @Nullable LogRecord event,
            @Nullable Entry entry,
            @Nullable String reason) {}

    /** The event with the greatest position in the store. */
    private record Last(long position, String leadId, long sequence, EventId eventId) {}

    private TopicHistory(String topic, Watch watch) {
        this.topic = topic;
        this.watch = watch;
    }

    /**
     * Reads a topic.
     *
     * @param kafka settings of a client, {@code bootstrap.servers} among them; how is read is set here
     * @param topic in the form of {@code lead.events}
     * @throws IOException when there is no such topic, or Kafka does not answer
     */
    public static TopicHistory read(Map<String, ?> kafka, String topic, Watch watch) throws IOException {
        TopicHistory history = new TopicHistory(topic, watch);
        Object servers = kafka.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG);
        try {
            // Before the committed ones: what comes in between lies behind no transaction.
            Map<TopicPartition, Long> ends = uncommittedEnds(kafka, topic);
            if (ends.isEmpty()) {
                throw new IOException("there is no topic '%s' at %s".formatted(topic, servers));
            }
            try (KafkaConsumer<String, byte[]> consumer = consumer(kafka, "read_committed")) {
                history.read(consumer, ends);
            }
        } catch (KafkaException e) {
            throw new IOException("%s at %s: %s".formatted(topic, servers, cause(e)), e);
        }
        history.putTogether();
        return history;
    }

    private static KafkaConsumer<String, byte[]> consumer(Map<String, ?> kafka, String isolation) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.putIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, "lifecycle-history");
        settings.putIfAbsent(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        settings.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCHED_BYTES);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, BATCH);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /** Where the partitions end, with what is in open transactions; empty when there is no such topic. */
    private static Map<TopicPartition, Long> uncommittedEnds(Map<String, ?> kafka, String topic) {
        try (KafkaConsumer<String, byte[]> consumer = consumer(kafka, "read_uncommitted")) {
            return consumer.endOffsets(consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList());
        }
    }

    private static long total(Map<TopicPartition, Long> offsets) {
        return offsets.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Clients wrap what went wrong when they are made. */
    private static String cause(KafkaException e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private void read(KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Long> uncommittedEnds)
            throws IOException {
        Map<TopicPartition, Long> ends = consumer.endOffsets(uncommittedEnds.keySet());
        uncommittedEnds.forEach(
                (partition, offset) -> hidden += Math.max(0, offset - ends.getOrDefault(partition, offset)));
        deleted = total(consumer.beginningOffsets(ends.keySet()));
        consumer.assign(ends.keySet());
        consumer.seekToBeginning(ends.keySet());
        long end = total(ends);
        long reached = deleted;
        watch.begins(end - reached);
        long heard = System.nanoTime();
        while (reached < end) {
            List<ConsumerRecord<String, byte[]>> wanted = new ArrayList<>();
            for (ConsumerRecord<String, byte[]> received : consumer.poll(POLL)) {
                if (received.offset() < ends.getOrDefault(partition(received), 0L)) {
                    wanted.add(received);
                }
            }
            wanted.parallelStream().map(TopicHistory::decode).toList().forEach(this::take);
            long before = reached;
            reached = 0;
            for (Map.Entry<TopicPartition, Long> partition : ends.entrySet()) {
                reached += Math.min(partition.getValue(), consumer.position(partition.getKey()));
            }
            watch.hasRead(reached - before);
            if (reached > before) {
                heard = System.nanoTime();
            } else if (System.nanoTime() - heard > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                throw new IOException("%s: nothing came for %d s, and %,d offsets are still to be read"
                        .formatted(topic, PATIENCE_SECONDS, end - reached));
            }
        }
    }

    private static TopicPartition partition(ConsumerRecord<String, byte[]> received) {
        return new TopicPartition(received.topic(), received.partition());
    }

    private static Decoded decode(ConsumerRecord<String, byte[]> received) {
        try {
            LogRecord event = LogRecord.of(received.key(), received.value(), received.headers());
            return new Decoded(received, event, event.entry(), null);
        } catch (LogRecord.UnreadableRecord e) {
            return new Decoded(received, null, null, e.getMessage());
        }
    }

    private void take(Decoded decoded) {
        records++;
        LogRecord event = decoded.event();
        Entry entry = decoded.entry();
        String reason = event == null || entry == null ? String.valueOf(decoded.reason()) : store(event, entry);
        if (reason != null) {
            unreadable++;
            ConsumerRecord<String, byte[]> source = decoded.source();
            watch.passesOver(new Unreadable(source.topic(), source.partition(), source.offset(), reason));
        }
    }

    /** Why not, or null. */
    private @Nullable String store(LogRecord event, Entry entry) {
        List<Entry> lead = entries.computeIfAbsent(event.leadId(), absent -> new ArrayList<>(4));
        int found = Collections.binarySearch(lead, entry, BY_SEQUENCE);
        if (found >= 0) {
            if (!lead.get(found).equals(entry)) {
                return "lead '%s' has another event at the place %d".formatted(event.leadId(), entry.sequence());
            }
            duplicates++;
            return null;
        }
        lead.add(-found - 1, shared(entry));
        if (entry.event() instanceof LeadEvent.Fact) {
            facts++;
        } else {
            verdicts++;
        }
        if (last == null || event.position() > last.position()) {
            last = new Last(event.position(), event.leadId(), entry.sequence(), entry.eventId());
        }
        return null;
    }

    /** There are few emitters: their names are kept once. */
    private Entry shared(Entry entry) {
        EventId eventId = entry.eventId();
        String emitter = emitters.computeIfAbsent(eventId.source(), source -> source);
        return new Entry(
                entry.sequence(),
                new EventId(emitter, eventId.id()),
                entry.occurredAt(),
                entry.recordedAt(),
                entry.event(),
                entry.judgedBy());
    }

    private void putTogether() {
        entries.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(FoldOrder::compareUtf8))
                .forEach(lead -> add(lead.getKey(), lead.getValue()));
        entries.clear();
    }

    private void add(String leadId, List<Entry> lead) {
        long next = 0;
        for (Entry entry : lead) {
            if (entry.sequence() > next) {
                gaps.add(new Gap(leadId, next, entry.sequence() - 1));
            }
            next = entry.sequence() + 1;
        }
        LeadHistory.released(leadId, lead).ifPresentOrElse(leads::add, () -> withoutCapture += lead.size());
    }

    /** All leads that were captured, ordered by the bytes of their id; gaps are closed. */
    public List<LeadHistory> leads() {
        return Collections.unmodifiableList(leads);
    }

    public Counts counts() {
        return new Counts(records, facts, verdicts, duplicates, unreadable);
    }

    /** What is missing, lead by lead. */
    public List<Gap> gaps() {
        return Collections.unmodifiableList(gaps);
    }

    /** Facts and verdicts of leads whose capture is not there: they are in no history. */
    public long withoutCapture() {
        return withoutCapture;
    }

    /** Offsets before the first that is still there; the events of whole leads may have been among them. */
    public long deleted() {
        return deleted;
    }

    /** Offsets behind a transaction that was open when the reading began: what is there was not read. */
    public long hidden() {
        return hidden;
    }

    /** Whether nothing was passed over and no lead lacks anything. */
    public boolean isWhole() {
        return unreadable == 0 && gaps.isEmpty() && withoutCapture == 0;
    }

    /** What was read, as the store tells where it ends. */
    public Coverage coverage() {
        long events = leads.stream().mapToLong(lead -> lead.entries().size()).sum();
        Last end = last;
        return end == null
                ? new Coverage(Coverage.Kind.TOPIC, topic, events, 0, "")
                : new Coverage(Coverage.Kind.TOPIC, topic, events, end.position(), identity(end));
    }

    /** As {@link StoredHistory#identity} has the database make it. */
    private static String identity(Last event) {
        String text = String.join(
                "\n",
                event.leadId(),
                String.valueOf(event.sequence()),
                event.eventId().source(),
                event.eventId().id());
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
