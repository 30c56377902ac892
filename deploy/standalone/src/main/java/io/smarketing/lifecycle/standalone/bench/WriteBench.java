package io.smarketing.lifecycle.standalone.bench;

import io.smarketing.lifecycle.api.intake.LocalIntake;
import io.smarketing.lifecycle.api.intake.Outcome;
import io.smarketing.lifecycle.lead.ActivePolicy;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.standalone.generate.GeneratedLeads;
import io.smarketing.lifecycle.standalone.serve.LocalEngine;
import io.smarketing.lifecycle.standalone.terminal.Console;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.config.Configuration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code bench write}: the write path beside stock Axon and beside bare rows. */
@Command(name = "write", mixinStandardHelpOptions = true, description = "Measures the write path.")
public final class WriteBench implements Callable<Integer> {

    private static final int THREADS = 2;
    private static final int AT_ONCE = 1_000;
    private static final int UNDER_WAY = 3;

    @Option(names = "--leads", defaultValue = "1500", description = "Leads per round.")
    private int leads = 1_500;

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds that count, behind one that warms up.")
    private int rounds = 5;

    @Option(names = "--no-stock", description = "Leave stock Axon out.")
    private boolean withoutStock;

    @Spec
    private @Nullable CommandSpec spec;

    private record Round(int events, int rows, double batched, double stock, double raw) {}

    @Override
    public Integer call() throws Exception {
        Console console = Console.of(spec);
        Path data = Files.createTempDirectory("lifecycle-bench");
        try (LocalEngine engine = new LocalEngine(
                message -> {},
                "--lifecycle.data=" + data,
                "--server.port=0",
                "--lifecycle.embedded.kafka.port=0",
                "--lifecycle.embedded.postgres.port=0")) {
            engine.start();
            activate(engine.uri());
            quieten(engine.context());
            return measure(engine.context(), console);
        }
    }

    /** Everything but the writers rests: the relay, the projections, the other doors. */
    private static void quieten(ApplicationContext context) {
        context.getBeansOfType(SmartLifecycle.class).forEach((name, bean) -> {
            if (bean.getClass().getName().startsWith("io.smarketing") && !name.equals("leadWriters")) {
                bean.stop();
            }
        });
    }

    private static byte[] policy() throws IOException {
        try (InputStream stream =
                Objects.requireNonNull(WriteBench.class.getResourceAsStream("/bench/ten-rules.yaml"))) {
            return stream.readAllBytes();
        }
    }

    private static void activate(URI uri) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        JsonNode saved = JsonMapper.shared()
                .readTree(client.send(
                                HttpRequest.newBuilder(uri.resolve("/v1/policies"))
                                        .header("Content-Type", "application/yaml")
                                        .POST(HttpRequest.BodyPublishers.ofByteArray(policy()))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body());
        String path = "/v1/policies/%s/%s/activation"
                .formatted(saved.path("name").asString(), saved.path("version").asString());
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(uri.resolve(path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(answer.body());
        }
    }

    private int measure(ApplicationContext context, Console console) throws Exception {
        DataSource dataSource = context.getBean(DataSource.class);
        Policy policy = PolicyReader.read("ten-rules.yaml", new String(policy(), StandardCharsets.UTF_8))
                .policy();
        ActivePolicy active = () -> Optional.of(policy);
        LocalIntake intake = context.getBean(LocalIntake.class);
        JdbcClient jdbc = JdbcClient.create(dataSource);
        List<Round> measured = new ArrayList<>();
        try (StockAxon stock = new StockAxon(
                        dataSource,
                        context.getBean(TransactionManager.class),
                        context.getBean(Configuration.class).eventSerializer(),
                        active,
                        THREADS);
                RawRows raw = new RawRows(dataSource, THREADS)) {
            for (int round = 0; round <= rounds; round++) {
                List<byte[]> events = new ArrayList<>();
                GeneratedLeads.tell(leads, 100 + round, LocalDate.of(2026, 6, 1), events::add);
                long before = jdbc.sql("SELECT coalesce(max(global_index), 0) FROM lifecycle.lead_event")
                        .query(Long.class)
                        .single();
                long begun = System.nanoTime();
                if (record(intake, events) != events.size()) {
                    throw new IllegalStateException("not all events have an outcome");
                }
                double batched = seconds(begun);
                begun = System.nanoTime();
                if (!withoutStock) {
                    stock.record(round == 0 ? events.subList(0, events.size() / 4) : events);
                }
                double stockTime = seconds(begun);
                List<Object[]> rows = raw.behind(before);
                begun = System.nanoTime();
                raw.write(rows);
                Round done = new Round(events.size(), rows.size(), batched, stockTime, seconds(begun));
                console.err()
                        .printf(
                                "round %d: %,d events, %,d rows: batched %,.0f/s, stock %,.0f/s, raw %,.0f rows/s, batched/raw %.2f%n",
                                round,
                                done.events,
                                done.rows,
                                done.events / done.batched,
                                done.events / done.stock,
                                done.rows / done.raw,
                                done.raw / done.batched);
                console.err().flush();
                if (round > 0) {
                    measured.add(done);
                }
            }
        }
        console.out()
                .printf(
                        "batched/stock %.1f batched/raw %.2f%n",
                        median(measured.stream().map(r -> r.stock / r.batched).toList()),
                        median(measured.stream().map(r -> r.raw / r.batched).toList()));
        return 0;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    private static long record(LocalIntake intake, List<byte[]> events) {
        Deque<Supplier<List<Outcome>>> underWay = new ArrayDeque<>();
        long taken = 0;
        for (int from = 0; from < events.size(); from += AT_ONCE) {
            underWay.add(intake.take(events.subList(from, Math.min(from + AT_ONCE, events.size()))));
            if (underWay.size() == UNDER_WAY) {
                taken += underWay.remove().get().size();
            }
        }
        for (Supplier<List<Outcome>> outcomes : underWay) {
            taken += outcomes.get().size();
        }
        return taken;
    }
}
