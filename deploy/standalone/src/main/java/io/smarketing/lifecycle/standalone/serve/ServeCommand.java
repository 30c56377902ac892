package io.smarketing.lifecycle.standalone.serve;

import io.smarketing.lifecycle.api.privacy.UnusableMasterKey;
import io.smarketing.lifecycle.standalone.send.DemoPlayer;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs until it is told to stop. Exit codes: 1 cannot start, 2 wrong usage, a taken port or a taken folder. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the engine: HTTP API, web page, PostgreSQL and Kafka.",
            "The servers are its own, with their data in the data folder, unless others are named.",
            "This is what happens when no command is given."
        },
        footer = {
            "",
            "Spring's settings are taken as well: --spring.*, --lifecycle.*, --logging.*,",
            "--server.*, --management.*, --springdoc.* (always with '=').",
            "With --spring.datasource.url=jdbc:postgresql://host/db and",
            "--spring.kafka.bootstrap-servers=host:9092 it uses servers that are there.",
            "",
            "Try it:",
            "  lifecycle serve --demo"
        })
public final class ServeCommand implements Callable<Integer> {

    private static final Pattern SETTING =
            Pattern.compile("--(spring|lifecycle|logging|server|management|springdoc)\\.[^=]+=.*", Pattern.DOTALL);

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The folder that keeps everything; made where it is missing (lifecycle-data).")
    private @Nullable Path data;

    @Option(names = "--port", paramLabel = "N", description = "Web port; 0 takes a free one (8080).")
    private @Nullable Integer port;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            description = "Where the web port listens (127.0.0.1: this machine only).")
    private @Nullable String bind;

    @Option(
            names = "--kafka-port",
            paramLabel = "N",
            description = "Port of the own Kafka, or a free one where it is taken (9092).")
    private @Nullable Integer kafkaPort;

    @Option(
            names = "--postgres-port",
            paramLabel = "N",
            description = "Port of the own PostgreSQL, or a free one where it is taken (5433).")
    private @Nullable Integer postgresPort;

    @Option(names = "--demo", description = "Plays invented leads, so that there is something to see.")
    private boolean demo;

    @Unmatched
    private List<String> others = new ArrayList<>();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Console console = Console.of(spec);
        PrintWriter err = console.err();
        List<String> unknown = others.stream()
                .filter(other -> !SETTING.matcher(other).matches())
                .toList();
        if (!unknown.isEmpty()) {
            throw new UnmatchedArgumentException(console.commandLine(), unknown);
        }
        for (Integer number : new Integer[] {port, kafkaPort, postgresPort}) {
            if (number != null && (number < 0 || number > 65_535)) {
                throw new ParameterException(
                        console.commandLine(), "a port is a number from 0 to 65535, not " + number);
            }
        }
        LocalEngine engine = new LocalEngine(
                message -> {
                    err.println(message);
                    err.flush();
                },
                settings());
        run(engine, err);
        return 0;
    }

    /** The options under the names by which Spring knows them. */
    private String[] settings() {
        List<String> settings = new ArrayList<>();
        add(settings, "lifecycle.data", data);
        add(settings, "server.port", port);
        add(settings, "server.address", bind);
        add(settings, "lifecycle.embedded.kafka.port", kafkaPort);
        add(settings, "lifecycle.embedded.postgres.port", postgresPort);
        settings.addAll(others);
        return settings.toArray(String[]::new);
    }

    private static void add(List<String> settings, String name, @Nullable Object value) {
        if (value != null) {
            settings.add("--" + name + "=" + value);
        }
    }

    private void run(LocalEngine engine, PrintWriter err) throws Exception {
        long began = System.nanoTime();
        List<AutoCloseable> players = new ArrayList<>();
        Thread stop = new Thread(() -> stop(engine, players, err), "stop");
        Runtime.getRuntime().addShutdownHook(stop);
        err.println("starting …");
        err.flush();
        try {
            engine.start();
        } catch (RuntimeException e) {
            removeHook(stop);
            throw reason(e);
        }
        CountDownLatch closed = new CountDownLatch(1);
        engine.context().addApplicationListener((ApplicationListener<ContextClosedEvent>) event -> closed.countDown());
        new Banner(engine, (System.nanoTime() - began) / (double) TimeUnit.SECONDS.toNanos(1)).print(err);
        if (demo) {
            players.add(DemoPlayer.start(engine.uri(), err));
        }
        closed.await();
    }

    /** A start that failed has cleaned up behind itself. */
    private static void removeHook(Thread stop) {
        try {
            Runtime.getRuntime().removeShutdownHook(stop);
        } catch (IllegalStateException e) {
            // It failed because the program is being stopped.
        }
    }

    private static void stop(LocalEngine engine, List<AutoCloseable> players, PrintWriter err) {
        err.println("stopping …");
        err.flush();
        for (AutoCloseable player : players) {
            try {
                player.close();
            } catch (Exception e) {
                err.println("the demo did not stop: " + e.getMessage());
            }
        }
        engine.close();
    }

    /** Spring wraps what our servers say on the way up. */
    private static Exception reason(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof WrongInput wrongInput) {
                return wrongInput;
            }
            if (cause instanceof UnusableMasterKey unusable) {
                return new WrongInput(String.valueOf(unusable.getMessage()));
            }
            if (cause instanceof InvalidConfigurationPropertyValueException invalid) {
                return new WrongInput("the setting %s cannot be '%s' (%s); correct it, or leave it out"
                        .formatted(invalid.getName(), invalid.getValue(), invalid.getReason()));
            }
            if (cause instanceof BindException unbound && unbound.getProperty() != null) {
                return new WrongInput("the setting %s cannot be '%s'; correct it, or leave it out"
                        .formatted(unbound.getName(), unbound.getProperty().getValue()));
            }
        }
        return failure;
    }
}
