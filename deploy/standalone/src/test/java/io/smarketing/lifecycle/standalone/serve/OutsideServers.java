package io.smarketing.lifecycle.standalone.serve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The product's PostgreSQL and Kafka apart from any engine: they can be away, frozen, and come back at the same ports. */
public final class OutsideServers implements AutoCloseable {

    private final Path folder;
    private final int postgresPort;
    private final int kafkaPort;
    private @Nullable EmbeddedPostgres postgres;
    private @Nullable EmbeddedKafka kafka;

    private OutsideServers(Path folder) throws IOException {
        this.folder = folder;
        PostgresTemplate.copyInto(folder);
        this.postgresPort = Port.preferably(0);
        this.kafkaPort = Port.preferably(0);
    }

    /** Starts both with fresh data in a folder. */
    public static OutsideServers start(Path folder) {
        try {
            OutsideServers servers = new OutsideServers(folder);
            servers.startPostgres();
            servers.startKafka();
            return servers;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The settings of an engine that is to use them. */
    public List<String> settings() {
        return List.of(
                "spring.datasource.url=" + jdbcUrl(),
                "spring.datasource.username=" + EmbeddedPostgres.USER,
                "spring.kafka.bootstrap-servers=" + bootstrapServers());
    }

    /** The database, for the user {@code lifecycle}. */
    public String jdbcUrl() {
        return "jdbc:postgresql://%s:%d/lifecycle".formatted(Port.LOCALHOST, postgresPort);
    }

    /** Where Kafka is when it is there. */
    public String bootstrapServers() {
        return Port.LOCALHOST + ":" + kafkaPort;
    }

    /** Has PostgreSQL there (again). */
    public void startPostgres() {
        try {
            postgres = EmbeddedPostgres.start(
                    folder.resolve("postgres"), PostgresTemplate.programs(), postgresPort, message -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (postgres.port() != postgresPort) {
            throw new IllegalStateException("somebody has taken the port " + postgresPort);
        }
    }

    /** Has Kafka there (again). */
    public void startKafka() {
        try {
            kafka = EmbeddedKafka.start(folder.resolve("kafka"), kafkaPort, message -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (kafka.port() != kafkaPort) {
            throw new IllegalStateException("somebody has taken the port " + kafkaPort);
        }
    }

    /** Has PostgreSQL away. */
    public void stopPostgres() {
        EmbeddedPostgres running = postgres;
        postgres = null;
        if (running != null) {
            try {
                running.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Has Kafka away. */
    public void stopKafka() {
        EmbeddedKafka running = kafka;
        kafka = null;
        if (running != null) {
            running.close();
        }
    }

    /** PostgreSQL takes connections and says nothing any more, until it is thawed. */
    public void freezePostgres() {
        signal("STOP");
    }

    /** Ends a {@link #freezePostgres freeze}. */
    public void thawPostgres() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            String pid = Files.readAllLines(folder.resolve("postgres/postmaster.pid"))
                    .get(0)
                    .strip();
            ProcessHandle first = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
            for (ProcessHandle process :
                    Stream.concat(Stream.of(first), first.descendants()).toList()) {
                // One that has ended meanwhile is none to freeze.
                new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stopKafka();
        stopPostgres();
    }
}
