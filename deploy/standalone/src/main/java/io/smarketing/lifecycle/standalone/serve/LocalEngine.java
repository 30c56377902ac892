package io.smarketing.lifecycle.standalone.serve;

import java.net.URI;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/** The engine inside this process: application and servers, started and stopped in the order in which they need each other. */
public final class LocalEngine implements AutoCloseable {

    private final String[] properties;
    private final EmbeddedServers servers;
    private volatile @Nullable ConfigurableApplicationContext context;

    /**
     * An engine that is not started yet.
     *
     * @param progress is told what a person who waits wants to know
     * @param properties Spring's settings, as {@code --name=value}
     */
    public LocalEngine(Consumer<String> progress, String... properties) {
        this.properties = properties.clone();
        this.servers = new EmbeddedServers(progress);
    }

    /** Returns when the engine answers; where it cannot start, nothing of it is left running. */
    public void start() {
        // The connection pool hands out what was in use half a second ago without looking; a database that has been
        // frozen meanwhile
        // would be waited for until the socket gives up.
        System.setProperty("com.zaxxer.hikari.aliveBypassWindowMs", "0");
        SpringApplication application = new SpringApplication(EngineApplication.class);
        // Spring's own hook would run beside ours, in any order.
        application.setRegisterShutdownHook(false);
        application.setLogStartupInfo(false);
        application.addInitializers(started -> context = started, servers);
        try {
            context = application.run(properties);
            servers.awaitTopics();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** The running application. */
    public ConfigurableApplicationContext context() {
        return Objects.requireNonNull(context, "not started");
    }

    private Environment environment() {
        return context().getEnvironment();
    }

    /** Where this machine reaches the web server. */
    public URI uri() {
        String address = environment().getRequiredProperty("server.address");
        boolean local = Stream.of("127.0.0.1", "0.0.0.0", "::", "::1").anyMatch(address::equals);
        return URI.create("http://%s:%s/"
                .formatted(
                        local ? "localhost" : address.contains(":") ? "[" + address + "]" : address,
                        environment().getRequiredProperty("local.server.port")));
    }

    /** The Kafka servers, ours or others'. */
    public String bootstrapServers() {
        return environment().getRequiredProperty("spring.kafka.bootstrap-servers");
    }

    /** The database, ours or another's. */
    public String jdbcUrl() {
        return environment().getRequiredProperty("spring.datasource.url");
    }

    boolean runsPostgres() {
        return servers.runsPostgres();
    }

    boolean runsKafka() {
        return servers.runsKafka();
    }

    @Override
    public void close() {
        ConfigurableApplicationContext running = context;
        if (running != null) {
            running.close();
        }
        servers.close();
    }
}
