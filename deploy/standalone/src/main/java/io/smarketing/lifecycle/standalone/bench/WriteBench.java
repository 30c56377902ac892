package io.smarketing.lifecycle.standalone.bench;

import io.smarketing.lifecycle.api.intake.LocalIntake;
import io.smarketing.lifecycle.api.intake.Outcome;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.standalone.generate.GeneratedLeads;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.Table;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.config.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The write path beside stock Axon and beside bare rows. Exit codes: 0 as fast as promised, 1 slower. */
@Command(
        name = "write",
        mixinStandardHelpOptions = true,
        description = {
            "Times the write path.",
            "Decodes, judges and stores generated events by the engine's writers, by stock Axon",
            "with a transaction per command, and writes the same rows again by bare JDBC; in turn,",
            "two threads each, on the engine's own PostgreSQL."
        },
        footer = {"", "Try it:", "  lifecycle bench write --rounds 5"})
public final class WriteBench implements Callable<Integer> {

    private static final int THREADS = 2;
    /** As the Kafka door polls. */
    private static final int AT_ONCE = 2_000;

    private static final int UNDER_WAY = 3;
    /** The compiler takes a part of the machine until it knows the program. */
    private static final int WARM_UPS = 3;

    private static final double STOCK_SHARE = 0.25;
    private static final double WANTED_TIMES_STOCK = 10;
    private static final double WANTED_OF_RAW = 0.5;

    @Option(
            names = "--leads",
            paramLabel = "N",
            defaultValue = "5000",
            description = "Generated leads of each round (${DEFAULT-VALUE}).")
    private int leads;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "7",
            description = "Rounds that count, behind " + WARM_UPS + " that warm up (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    /** What each took, in seconds. */
    private record Round(int events, int rows, double batched, int stockEvents, double stock, double raw) {

        double timesStock() {
            return (events / batched) / (stockEvents / stock);
        }

        double ofRaw() {
            return raw / batched;
        }
    }

    @Override
    public Integer call() throws Exception {
        Console console = Console.of(spec);
        try (Workbench workbench = Workbench.open(console)) {
            // The writers alone.
            Stream.of("kafkaIntake", "parkingExpiry", "relay", "funnelStreams", "tableWriter", "shadows")
                    .forEach(part -> workbench.part(part).stop());
            List<Round> measured = measure(workbench);
            report(console, measured);
            return isKept(measured) ? 0 : 1;
        }
    }

    private List<Round> measure(Workbench workbench) throws Exception {
        DataSource dataSource = workbench.bean(DataSource.class);
        Policy policy = Workbench.policy();
        LocalIntake intake = workbench.bean(LocalIntake.class);
        List<Round> measured = new ArrayList<>();
        try (StockAxon stock = new StockAxon(
                        dataSource,
                        workbench.bean(TransactionManager.class),
                        workbench.bean(Configuration.class).eventSerializer(),
                        () -> Optional.of(policy),
                        THREADS);
                RawRows raw = new RawRows(dataSource, THREADS)) {
            for (int round = 1 - WARM_UPS; round <= rounds; round++) {
                Round done = round(workbench, intake, stock, raw, round);
                workbench.tell("round %d%s: %,d events = %,d rows; batched %s events/s, stock Axon %s/s, bare rows %s/s"
                        .formatted(
                                round,
                                round <= 0 ? " (warms up)" : "",
                                done.events(),
                                done.rows(),
                                Workbench.rate(done.events() / done.batched()),
                                Workbench.rate(done.stockEvents() / done.stock()),
                                Workbench.rate(done.rows() / done.raw())));
                if (round > 0) {
                    measured.add(done);
                }
            }
        }
        return measured;
    }

    private Round round(Workbench workbench, LocalIntake intake, StockAxon stock, RawRows raw, int round)
            throws Exception {
        List<byte[]> events = new ArrayList<>();
        GeneratedLeads.tell(leads, 100 + round, Workbench.DAY_AFTER_HISTORY, events::add);
        long before = workbench
                .jdbc()
                .sql("SELECT coalesce(max(global_index), 0) FROM lifecycle.lead_event")
                .query(Long.class)
                .single();
        long begun = System.nanoTime();
        if (record(intake, events) != events.size()) {
            throw new IllegalStateException("not all events have an outcome");
        }
        double batched = seconds(begun);
        // A part of it is enough for a rate, and takes as long as all the rest.
        List<byte[]> some = events.subList(0, (int) (events.size() * STOCK_SHARE));
        begun = System.nanoTime();
        stock.record(some);
        double stockTime = seconds(begun);
        List<Object[]> rows = raw.behind(before);
        begun = System.nanoTime();
        raw.write(rows);
        return new Round(events.size(), rows.size(), batched, some.size(), stockTime, seconds(begun));
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    private static boolean isKept(List<Round> measured) {
        return Workbench.median(measured.stream().map(Round::timesStock).toList()) >= WANTED_TIMES_STOCK
                && Workbench.median(measured.stream().map(Round::ofRaw).toList()) >= WANTED_OF_RAW;
    }

    private void report(Console console, List<Round> measured) {
        double batched = Workbench.median(
                measured.stream().map(round -> round.events() / round.batched()).toList());
        double batchedRows = Workbench.median(
                measured.stream().map(round -> round.rows() / round.batched()).toList());
        double stock = Workbench.median(measured.stream()
                .map(round -> round.stockEvents() / round.stock())
                .toList());
        double raw = Workbench.median(
                measured.stream().map(round -> round.rows() / round.raw()).toList());
        double timesStock =
                Workbench.median(measured.stream().map(Round::timesStock).toList());
        double ofRaw = Workbench.median(measured.stream().map(Round::ofRaw).toList());
        if (json) {
            ObjectNode answer = JsonMapper.shared().createObjectNode();
            answer.put("machine", Workbench.machine())
                    .put("rounds", measured.size())
                    .put("batchedEventsPerSecond", batched)
                    .put("batchedRowsPerSecond", batchedRows)
                    .put("stockEventsPerSecond", stock)
                    .put("rawRowsPerSecond", raw)
                    .put("timesStock", timesStock)
                    .put("ofRaw", ofRaw);
            console.out().println(answer);
        } else {
            Table table = new Table()
                    .texts(3)
                    .row("two threads, fsync on", "events/s", "rows/s", "")
                    .row(
                            "batched intake",
                            Workbench.rate(batched),
                            Workbench.rate(batchedRows),
                            "decoded, judged, stored")
                    .row("stock Axon", Workbench.rate(stock), "", "a transaction per command")
                    .row("bare rows", "", Workbench.rate(raw), "JDBC batches of 500 of the same rows");
            console.out()
                    .printf(
                            Locale.ROOT,
                            "%s%n%n%s%nbatched intake: %.1f times stock Axon, %.2f of bare rows (medians of the ratios of %d rounds)%n",
                            Workbench.machine(),
                            table.render(),
                            timesStock,
                            ofRaw,
                            measured.size());
        }
        console.out().flush();
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
