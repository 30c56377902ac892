package io.smarketing.lifecycle.standalone.live;

import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A careful emitter at one door: sends lines in order, some at once, and those that are not acknowledged again until they are. It may
 * be told to go on with another engine.
 */
abstract class Lane {

    private static final Set<String> TAKEN = Set.of("stored", "parked", "duplicate");
    private static final long PAUSE_MILLIS = 200;

    private final List<Line> lines;
    private final int atOnce;
    private final Duration pace;
    private final Set<String> acknowledged = new HashSet<>();
    private int next;
    private volatile boolean stopped;
    private @Nullable Thread thread;
    private volatile @Nullable Throwable failure;

    Lane(List<Line> lines, int atOnce, Duration pace) {
        this.lines = List.copyOf(lines);
        this.atOnce = atOnce;
        this.pace = pace;
    }

    /** One event. */
    record Line(String name, String lead, String text) {

        static Line of(String text) {
            JsonNode event = JsonMapper.shared().readTree(text);
            return new Line(
                    event.get("source").stringValue() + " " + event.get("id").stringValue(),
                    event.get("subject").stringValue(),
                    text);
        }
    }

    static Lane overHttp(List<Line> lines, int atOnce, Duration pace) {
        return new OverHttp(lines, atOnce, pace);
    }

    static Lane overTheTopic(List<Line> lines, int atOnce, Duration pace) {
        return new OverTheTopic(lines, atOnce, pace);
    }

    /** Lines in as many lanes as asked for, those of a lead in one. */
    static List<List<Line>> split(List<Line> lines, int lanes) {
        List<List<Line>> split = new ArrayList<>();
        for (int i = 0; i < lanes; i++) {
            split.add(new ArrayList<>());
        }
        lines.forEach(line ->
                split.get(Math.floorMod(line.lead().hashCode() * 31, lanes)).add(line));
        return split;
    }

    /** Goes on in a thread of its own. */
    final void begin(URI engine, String bootstrapServers) {
        stopped = false;
        Thread begun = new Thread(() -> run(engine, bootstrapServers), "lane");
        thread = begun;
        begun.start();
    }

    private void run(URI engine, String bootstrapServers) {
        try {
            open(engine, bootstrapServers);
            while (!stopped && next < lines.size()) {
                List<Line> chunk = lines.subList(next, Math.min(next + atOnce, lines.size()));
                int taken = send(chunk);
                synchronized (acknowledged) {
                    next += taken;
                }
                Thread.sleep(taken == chunk.size() ? pace.toMillis() : PAUSE_MILLIS);
            }
        } catch (Throwable e) {
            failure = e;
        } finally {
            close();
        }
    }

    abstract void open(URI engine, String bootstrapServers);

    /** How many of the first are acknowledged, so that the rest is to be sent again. */
    abstract int send(List<Line> chunk);

    abstract void close();

    final boolean isStopped() {
        return stopped;
    }

    final void acknowledge(Line line) {
        synchronized (acknowledged) {
            acknowledged.add(line.name());
        }
    }

    /** The names of all that was acknowledged up to now. */
    final Set<String> acknowledged() {
        synchronized (acknowledged) {
            return new HashSet<>(acknowledged);
        }
    }

    /** How many lines need not be sent any more. */
    final int done() {
        synchronized (acknowledged) {
            return next;
        }
    }

    /** Stops after what is under way. */
    final void end() {
        stopped = true;
        join();
    }

    /** Waits until every line is acknowledged. */
    final void join() {
        try {
            Objects.requireNonNull(thread).join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (failure != null) {
            throw new AssertionError("the lane broke", failure);
        }
    }

    private static final class OverHttp extends Lane {

        private @Nullable Client client;

        OverHttp(List<Line> lines, int atOnce, Duration pace) {
            super(lines, atOnce, pace);
        }

        @Override
        void open(URI engine, String bootstrapServers) {
            client = new Client(engine);
        }

        @Override
        int send(List<Line> chunk) {
            String body = String.join("\n", chunk.stream().map(Line::text).toList());
            Client.Answer answer;
            try {
                answer = Objects.requireNonNull(client)
                        .post("/v1/events", "application/x-ndjson", body.getBytes(StandardCharsets.UTF_8));
            } catch (UncheckedIOException e) {
                return 0;
            }
            if (answer.status() == 503) {
                return 0;
            }
            if (answer.status() != 200) {
                throw new AssertionError("HTTP %d: %s".formatted(answer.status(), answer.body()));
            }
            JsonNode items = answer.json().get("items");
            for (int i = 0; i < chunk.size(); i++) {
                if (!TAKEN.contains(items.get(i).get("status").stringValue())) {
                    throw new AssertionError(items.get(i).toString());
                }
                acknowledge(chunk.get(i));
            }
            return chunk.size();
        }

        @Override
        void close() {}
    }

    private static final class OverTheTopic extends Lane {

        private String servers = "";
        private @Nullable KafkaProducer<byte[], byte[]> producer;

        OverTheTopic(List<Line> lines, int atOnce, Duration pace) {
            super(lines, atOnce, pace);
        }

        @Override
        void open(URI engine, String bootstrapServers) {
            servers = bootstrapServers;
        }

        private KafkaProducer<byte[], byte[]> producer() {
            KafkaProducer<byte[], byte[]> there = producer;
            if (there == null) {
                Map<String, Object> settings = Map.of(
                        "bootstrap.servers", servers,
                        "max.in.flight.requests.per.connection", 1,
                        "request.timeout.ms", 1_500,
                        "delivery.timeout.ms", 3_000,
                        "linger.ms", 5,
                        "max.block.ms", 3_000);
                there = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
                producer = there;
            }
            return there;
        }

        @Override
        int send(List<Line> chunk) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            int taken = 0;
            try {
                for (Line line : chunk) {
                    sent.add(producer()
                            .send(new ProducerRecord<>(
                                    "lead.intake",
                                    line.lead().getBytes(StandardCharsets.UTF_8),
                                    line.text().getBytes(StandardCharsets.UTF_8))));
                }
                producer().flush();
                for (; taken < chunk.size(); taken++) {
                    sent.get(taken).get();
                    acknowledge(chunk.get(taken));
                }
            } catch (ExecutionException | KafkaException e) {
                // Another producer: this one may have been told for good that it went wrong.
                close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return taken;
        }

        @Override
        void close() {
            if (producer != null) {
                producer.close(Duration.ZERO);
                producer = null;
            }
        }
    }
}
