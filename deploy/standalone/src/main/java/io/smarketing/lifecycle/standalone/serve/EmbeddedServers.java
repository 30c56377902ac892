package io.smarketing.lifecycle.standalone.serve;

import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * What runs under the application: the data folder, and the servers that nobody else provides. It is called when Spring knows all
 * settings and has made no bean yet, so a server named in any of Spring's ways is found.
 */
final class EmbeddedServers implements ApplicationContextInitializer<ConfigurableApplicationContext>, AutoCloseable {

    private final Consumer<String> progress;
    private @Nullable DataFolder folder;
    private @Nullable CompletableFuture<EmbeddedPostgres> postgres;
    private @Nullable CompletableFuture<EmbeddedKafka> kafka;
    private boolean closed;

    EmbeddedServers(Consumer<String> progress) {
        this.progress = progress;
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        try {
            checkWebPort(environment);
            begin(environment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, Object> found = new HashMap<>();
        CompletableFuture<EmbeddedPostgres> ownPostgres = postgres;
        CompletableFuture<EmbeddedKafka> ownKafka = kafka;
        if (ownPostgres != null) {
            found.put("spring.datasource.url", join(ownPostgres).url());
            found.put("spring.datasource.username", EmbeddedPostgres.USER);
            found.put("spring.datasource.password", "");
        }
        if (ownKafka != null) {
            found.put("spring.kafka.bootstrap-servers", join(ownKafka).bootstrapServers());
        }
        environment.getPropertySources().addFirst(new MapPropertySource("embedded servers", found));
    }

    private synchronized void begin(ConfigurableEnvironment environment) throws IOException {
        if (closed) {
            throw new IllegalStateException("stopped while starting");
        }
        boolean needsPostgres = !isNamed(environment, "spring.datasource.url");
        if (!needsPostgres) {
            checkDatabase(environment);
        }
        DataFolder taken = DataFolder.take(Path.of(environment.getRequiredProperty("lifecycle.data")));
        folder = taken;
        if (needsPostgres) {
            String programs = environment.getProperty("lifecycle.embedded.postgres.programs", "");
            int port = environment.getRequiredProperty("lifecycle.embedded.postgres.port", Integer.class);
            postgres = begin(() -> EmbeddedPostgres.start(
                    taken.resolve("postgres"),
                    programs.isEmpty()
                            ? taken.resolve("postgres-programs")
                            : Path.of(programs).toAbsolutePath(),
                    port,
                    progress));
        }
        if (!isNamed(environment, "spring.kafka.bootstrap-servers")) {
            int port = environment.getRequiredProperty("lifecycle.embedded.kafka.port", Integer.class);
            kafka = begin(() -> EmbeddedKafka.start(taken.resolve("kafka"), port, progress));
        }
    }

    private static boolean isNamed(ConfigurableEnvironment environment, String property) {
        return Binder.get(environment).bind(property, String[].class).isBound();
    }

    /** Without a database nothing can start, and Spring would say so in a hundred lines. */
    private static void checkDatabase(ConfigurableEnvironment environment) {
        String url = environment.getRequiredProperty("spring.datasource.url");
        Properties login = new Properties();
        login.setProperty("user", environment.getProperty("spring.datasource.username", ""));
        login.setProperty("password", environment.getProperty("spring.datasource.password", ""));
        login.values().removeIf(""::equals);
        try {
            DriverManager.getConnection(url, login).close();
        } catch (SQLException e) {
            throw new WrongInput("cannot use the database %s: %s (look at spring.datasource.url, username and password)"
                    .formatted(Banner.withoutParameters(url), e.getMessage()));
        }
    }

    private static void checkWebPort(ConfigurableEnvironment environment) throws IOException {
        int port = environment.getRequiredProperty("server.port", Integer.class);
        if (port > 0 && !Port.isFree(address(environment), port)) {
            throw new WrongInput(
                    "port %d is taken at %s: stop what listens there, or name another with --port (0 takes any)"
                            .formatted(port, environment.getRequiredProperty("server.address")));
        }
    }

    private static InetAddress address(ConfigurableEnvironment environment) throws IOException {
        try {
            InetAddress address = Binder.get(environment)
                    .bind("server.address", InetAddress.class)
                    .get();
            if (address.isAnyLocalAddress() || NetworkInterface.getByInetAddress(address) != null) {
                return address;
            }
        } catch (BindException e) {
            // The same answer as to an address of another machine.
        }
        throw new WrongInput("%s is no address of this machine: name one with --bind (127.0.0.1, or 0.0.0.0 for all)"
                .formatted(environment.getRequiredProperty("server.address")));
    }

    boolean runsPostgres() {
        return postgres != null;
    }

    boolean runsKafka() {
        return kafka != null;
    }

    /** Returns when what the application has asked of our servers is there. */
    void awaitTopics() {
        CompletableFuture<EmbeddedKafka> own = kafka;
        if (own != null) {
            own.join().awaitPartitions();
        }
    }

    private interface Start<T> {
        T server() throws IOException;
    }

    /** Not in the common pool, which the servers themselves may wait for. */
    private static <T> CompletableFuture<T> begin(Start<T> start) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        future.complete(start.server());
                    } catch (Throwable e) {
                        future.completeExceptionally(e);
                    }
                },
                "server-start");
        thread.setDaemon(true);
        thread.start();
        return future;
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof WrongInput wrongInput) {
                throw wrongInput;
            }
            if (e.getCause() instanceof IOException io) {
                throw new UncheckedIOException(io);
            }
            throw e;
        }
    }

    /** Stops what has been started, and waits for what is being started. */
    @Override
    public synchronized void close() {
        closed = true;
        stop(kafka);
        stop(postgres);
        kafka = null;
        postgres = null;
        if (folder != null) {
            stop(CompletableFuture.completedFuture(folder));
            folder = null;
        }
    }

    private void stop(@Nullable CompletableFuture<? extends AutoCloseable> future) {
        if (future == null) {
            return;
        }
        AutoCloseable server;
        try {
            server = future.join();
        } catch (CompletionException e) {
            // Whoever waits for the start is told.
            return;
        }
        try {
            server.close();
        } catch (Exception e) {
            progress.accept(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }
}
