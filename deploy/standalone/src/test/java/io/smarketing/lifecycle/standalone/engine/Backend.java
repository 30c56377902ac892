package io.smarketing.lifecycle.standalone.engine;

import com.github.dockerjava.api.exception.NotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;

/**
 * Where the tests get PostgreSQL and Kafka from. The system property {@code it.backend} tells: {@code containers} or
 * {@code embedded}, and neither ever stands in for the other; {@code auto} takes containers where a container engine and the images
 * are there already, else the product's own servers.
 */
enum Backend {
    CONTAINERS,
    EMBEDDED;

    static final String POSTGRES_IMAGE = "postgres:18";
    static final String KAFKA_IMAGE = "apache/kafka:4.3.1";

    private static final Backend CHOSEN = choose(System.getProperty("it.backend", "auto"));

    static Backend chosen() {
        return CHOSEN;
    }

    private static Backend choose(String wish) {
        Backend chosen = switch (wish) {
            case "", "auto" -> hasContainers() ? CONTAINERS : EMBEDDED;
            case "embedded" -> EMBEDDED;
            case "containers" -> requireContainers();
            default ->
                throw new IllegalStateException("it.backend is auto, containers or embedded, not '%s'".formatted(wish));
        };
        System.out.printf(
                "it.backend=%s: the tests run on %s servers%n",
                wish, chosen.name().toLowerCase(Locale.ROOT));
        return chosen;
    }

    private static Backend requireContainers() {
        if (!hasSocket() || !DockerClientFactory.instance().isDockerAvailable()) {
            throw new IllegalStateException(
                    "it.backend=containers, and no container engine answers: start one (docker info"
                            + " must work), or choose -Dit.backend=embedded");
        }
        return CONTAINERS;
    }

    private static boolean hasContainers() {
        return hasSocket()
                && DockerClientFactory.instance().isDockerAvailable()
                && Stream.of(POSTGRES_IMAGE, KAFKA_IMAGE).allMatch(Backend::hasImage);
    }

    /** Testcontainers looks thoroughly and complains loudly; this is a look at the usual places. */
    private static boolean hasSocket() {
        return System.getenv("DOCKER_HOST") != null
                || Files.exists(Path.of(System.getProperty("user.home"), ".testcontainers.properties"))
                || Stream.of("/var/run/docker.sock", System.getProperty("user.home") + "/.docker/run/docker.sock")
                        .anyMatch(socket -> Files.exists(Path.of(socket)));
    }

    private static boolean hasImage(String name) {
        try {
            DockerClientFactory.lazyClient().inspectImageCmd(name).exec();
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    /** Fresh servers for an engine with this data folder. */
    Servers start(Path data) throws IOException {
        return switch (this) {
            case CONTAINERS -> Containers.start();
            case EMBEDDED -> OwnServers.in(data);
        };
    }

    /** Servers under an engine. */
    interface Servers extends AutoCloseable {

        /** The engine's settings that lead it to them. */
        List<String> settings();

        @Override
        void close();
    }
}
