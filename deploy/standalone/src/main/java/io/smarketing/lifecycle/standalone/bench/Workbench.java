package io.smarketing.lifecycle.standalone.bench;

import io.micrometer.core.instrument.MeterRegistry;
import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.standalone.generate.GeneratedLeads;
import io.smarketing.lifecycle.standalone.serve.LocalEngine;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An engine on its own PostgreSQL and Kafka in a temporary folder, which is deleted at the end. */
final class Workbench implements AutoCloseable {

    /** Judges whatever is measured: ten rules, all of which occur in generated leads. */
    private static final String POLICY = "/bench/ten-rules.yaml";

    /** Of generated leads. */
    static final LocalDate DAY_AFTER_HISTORY = LocalDate.of(2026, 6, 1);

    private static final long LONGEST_WAIT_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final long LOOK_MILLIS = 20;

    private final Path folder;
    private final LocalEngine engine;
    private final Console console;
    private final Thread atTheLatest = new Thread(this::stop, "bench-stop");
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Workbench(Path folder, LocalEngine engine, Console console) {
        this.folder = folder;
        this.engine = engine;
        this.console = console;
    }

    /** Starts the engine; the policy is active. */
    static Workbench open(Console console, String... properties) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("lifecycle-bench");
        List<String> all = new ArrayList<>(List.of(
                "--lifecycle.data=" + folder.resolve("data"),
                "--server.port=0",
                "--lifecycle.embedded.kafka.port=0",
                "--lifecycle.embedded.postgres.port=0"));
        all.addAll(List.of(properties));
        LocalEngine engine = new LocalEngine(message -> {}, all.toArray(String[]::new));
        Workbench workbench = new Workbench(folder, engine, console);
        // After a Ctrl-C too, nothing is left.
        Runtime.getRuntime().addShutdownHook(workbench.atTheLatest);
        try {
            workbench.tell("starting an engine of its own …");
            engine.start();
            workbench.activatePolicy();
        } catch (RuntimeException | IOException | InterruptedException e) {
            workbench.close();
            throw e;
        }
        return workbench;
    }

    void tell(String progress) {
        console.err().println(progress);
        console.err().flush();
    }

    /** What the figures depend on. */
    static String machine() {
        return "%d cores, %s %s, Java %s, heap up to %,d MB"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        System.getProperty("java.version"),
                        Runtime.getRuntime().maxMemory() >> 20);
    }

    LocalEngine engine() {
        return engine;
    }

    <T> T bean(Class<T> type) {
        return engine.context().getBean(type);
    }

    JdbcClient jdbc() {
        return bean(JdbcClient.class);
    }

    /** A part of the engine that runs by itself. */
    SmartLifecycle part(String name) {
        return engine.context().getBean(name, SmartLifecycle.class);
    }

    Admin admin() {
        return Admin.create(bean(KafkaSettings.class).admin("bench"));
    }

    private static String document() throws IOException {
        try (InputStream resource = Objects.requireNonNull(Workbench.class.getResourceAsStream(POLICY))) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What is active on the engine. */
    static Policy policy() throws IOException, RefusedDocument {
        return PolicyReader.read(POLICY, document()).policy();
    }

    private void activatePolicy() throws IOException, InterruptedException {
        JsonNode saved = post("v1/policies", "application/yaml", document());
        post(
                "v1/policies/%s/%s/activation"
                        .formatted(
                                saved.get("name").stringValue(),
                                saved.get("version").stringValue()),
                "application/json",
                "{\"by\":\"bench\"}");
    }

    private JsonNode post(String path, String contentType, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(engine.uri().resolve(path))
                        .header("Content-Type", contentType)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException("%s answers %d: %s".formatted(path, answer.statusCode(), answer.body()));
        }
        return JsonMapper.shared().readTree(answer.body());
    }

    /** Sends generated leads to {@code lead.intake} and waits until all are judged and stored. */
    void store(int leads, long seed) throws IOException {
        long before = taken();
        long[] sent = new long[1];
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(bean(KafkaSettings.class).producer("bench"))) {
            GeneratedLeads.tell(leads, seed, DAY_AFTER_HISTORY, event -> {
                String subject =
                        JsonMapper.shared().readTree(event).get("subject").stringValue();
                // The intake's tally tells whether it came.
                var unused = producer.send(new ProducerRecord<>(
                        Topic.LEAD_INTAKE.topicName(), subject.getBytes(StandardCharsets.UTF_8), event));
                sent[0]++;
            });
        }
        await("the intake", () -> taken() - before == sent[0]);
    }

    /** Events that have come in, whatever became of them. */
    long taken() {
        return jdbc().sql("SELECT coalesce(sum(count), 0) FROM lifecycle.intake_tally WHERE outcome = 'sent'")
                .query(Long.class)
                .single();
    }

    Path data() {
        return folder.resolve("data");
    }

    /** Stored events that the relay has not carried yet. */
    long relayLag() {
        return (long)
                bean(MeterRegistry.class).get("lifecycle.relay.lag").gauge().value();
    }

    /** The first process of the engine's PostgreSQL. */
    ProcessHandle postgres() throws IOException {
        Path file = data().resolve("postgres").resolve("postmaster.pid");
        return ProcessHandle.of(Long.parseLong(Files.readAllLines(file).get(0).strip()))
                .orElseThrow();
    }

    /** Waits without taking much of the machine. */
    static void await(String whom, BooleanSupplier done) {
        await(whom, 0, done);
    }

    /** Longer for more: no bench is so slow that it takes in fewer than a thousand events a second. */
    static void await(String whom, long events, BooleanSupplier done) {
        long end = System.nanoTime() + LONGEST_WAIT_NANOS + TimeUnit.MILLISECONDS.toNanos(events);
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("%s did not come to an end".formatted(whom));
            }
            pause(LOOK_MILLIS);
        }
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Deletes topics; {@link #makeTopics} makes them anew. */
    void deleteTopics(List<String> topics) {
        try (Admin admin = admin()) {
            admin.deleteTopics(topics).all().get();
            await("the deletion", () -> topics.stream().noneMatch(topic -> isThere(admin, topic)));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void makeTopics(List<NewTopic> topics) {
        try (Admin admin = admin()) {
            admin.createTopics(topics).all().get();
            await("the making of topics", () -> topics.stream().allMatch(topic -> isThere(admin, topic.name())));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isThere(Admin admin, String topic) {
        try {
            return admin.listTopics().names().get().contains(topic);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    static String rate(double perSecond) {
        return String.format(Locale.ROOT, "%,.0f", perSecond);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atTheLatest);
            stop();
        } catch (IllegalStateException e) {
            tell("stopped");
        }
    }

    private void stop() {
        try {
            engine.close();
        } finally {
            FileSystemUtils.deleteRecursively(folder.toFile());
        }
    }
}
