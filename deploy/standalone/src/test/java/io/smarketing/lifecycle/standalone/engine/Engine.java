package io.smarketing.lifecycle.standalone.engine;

import io.smarketing.lifecycle.standalone.serve.LocalEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.context.ApplicationContext;

/** The whole engine inside this JVM, on real servers of its own and a free port. */
public final class Engine implements AutoCloseable {

    private final Backend.Servers servers;
    private final String[] settings;
    private LocalEngine running;

    private Engine(Backend.Servers servers, String[] settings) {
        this.servers = servers;
        this.settings = settings;
        this.running = start(settings);
    }

    /**
     * Starts an engine.
     *
     * @param data its data folder, which may hold an earlier engine's data
     * @param properties Spring's settings, as {@code name=value}
     */
    public static Engine start(Path data, String... properties) {
        Backend.Servers servers;
        try {
            servers = Backend.chosen().start(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            return new Engine(
                    servers,
                    Stream.of(
                                    Stream.of("lifecycle.data=" + data, "server.port=0"),
                                    servers.settings().stream(),
                                    Stream.of(properties))
                            .flatMap(stream -> stream)
                            .map(setting -> "--" + setting)
                            .toArray(String[]::new));
        } catch (RuntimeException | Error e) {
            servers.close();
            throw e;
        }
    }

    /**
     * Starts an engine on servers that somebody else looks after.
     *
     * @param data its data folder
     * @param servers Spring's settings that lead it to both of them, as {@code name=value}
     */
    public static Engine on(Path data, List<String> servers) {
        return new Engine(
                new Backend.Servers() {
                    @Override
                    public List<String> settings() {
                        return servers;
                    }

                    @Override
                    public void close() {}
                },
                Stream.concat(Stream.of("lifecycle.data=" + data, "server.port=0"), servers.stream())
                        .map(setting -> "--" + setting)
                        .toArray(String[]::new));
    }

    private static LocalEngine start(String... settings) {
        LocalEngine engine = new LocalEngine(message -> {}, settings);
        engine.start();
        return engine;
    }

    /** Stops the engine in good order and starts it again on the same data; ports and beans are new ones. */
    public void restart() {
        restart(() -> {});
    }

    /** The same, with something done to the data in between. */
    public void restart(Runnable meanwhile) {
        running.close();
        meanwhile.run();
        running = start(settings);
    }

    /** Where it answers. */
    public URI uri() {
        return running.uri();
    }

    /** Its Kafka. */
    public String bootstrapServers() {
        return running.bootstrapServers();
    }

    /** Its database. */
    public String jdbcUrl() {
        return running.jdbcUrl();
    }

    /** Its database, by its own connections. */
    public DataSource dataSource() {
        return context().getBean(DataSource.class);
    }

    /** Its beans. */
    public ApplicationContext context() {
        return running.context();
    }

    @Override
    public void close() {
        running.close();
        servers.close();
    }
}
