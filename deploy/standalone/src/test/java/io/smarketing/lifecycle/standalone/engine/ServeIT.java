package io.smarketing.lifecycle.standalone.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import io.smarketing.lifecycle.api.privacy.UnusableMasterKey;
import io.smarketing.lifecycle.standalone.CommandRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One program, one folder: what {@code serve} keeps, takes over and refuses. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ServeIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final int STOPPED_BY_SIGTERM = 143;

    @TempDir
    private Path folder = Path.of("");

    private static HttpResponse<String> get(URI engine, String path) {
        return send(HttpRequest.newBuilder(engine.resolve(path)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void capture(URI engine, String lead) {
        capture(engine, lead, "{\"source\":\"web\"}");
    }

    private static void capture(URI engine, String lead, String data) {
        String event = """
                {"specversion":"1.0","id":"%s","source":"urn:test","type":"io.smarketing.lead.captured.v1","subject":"%s",\
                "time":"2026-03-01T09:00:00Z","data":%s}""".formatted(lead, lead, data);
        HttpResponse<String> answer = send(HttpRequest.newBuilder(engine.resolve("/v1/events"))
                .header("Content-Type", "application/cloudevents+json")
                .POST(HttpRequest.BodyPublishers.ofString(event)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static void assertKnows(URI engine, String lead) {
        HttpResponse<String> answer = get(engine, "/v1/leads/" + lead + "/events");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("urn:test");
    }

    /** A process that has ended and that nobody has asked for its exit code yet has no program any more. */
    private static boolean runs(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    private static void assertDescribesItself(JsonNode api) {
        assertThat(api.at("/info/title").asString()).isEqualTo("Lead lifecycle engine");
        assertThat(api.at("/paths").propertyNames()).contains("/v1/events", "/v1/replays/{id}/thresholds");
        api.at("/paths")
                .forEachEntry((path, operations) -> operations.forEachEntry((method, operation) -> {
                    if (path.startsWith("/v1/")) {
                        assertThat(operation.path("summary").asString())
                                .as("%s %s", method, path)
                                .isNotEmpty();
                    }
                }));
    }

    @Test
    void whatAFreshEngineWasToldIsThereAfterARestart() {
        try (Engine engine = Engine.start(folder.resolve("data"))) {
            assertDescribesItself(JsonMapper.shared()
                    .readTree(get(engine.uri(), "/v3/api-docs").body()));
            capture(engine.uri(), "L-1");

            engine.restart();

            assertKnows(engine.uri(), "L-1");
            capture(engine.uri(), "L-2");
        }
    }

    @Test
    void anotherMasterKeyIsNoticedAtTheStartAndTheRightOneOpensWhatWasSealed() throws Exception {
        Path key = folder.resolve("data").resolve("master-key.json");
        try (Engine engine = Engine.start(folder.resolve("data"))) {
            String right = Files.readString(key);
            String another = anotherMasterKey();
            assertThatThrownBy(() -> engine.restart(() -> write(key, another)))
                    .as("though nothing is sealed yet: an engine with the right key may be about to")
                    .hasStackTraceContaining("it does not open the key that the database was begun with");
            engine.restart(() -> write(key, right));
            capture(engine.uri(), "L-1", "{\"source\":\"web\",\"contact\":{\"name\":\"Ann\"}}");

            assertThatThrownBy(() -> engine.restart(() -> write(key, another)))
                    .hasStackTraceContaining(UnusableMasterKey.class.getName() + ": the master key " + key)
                    .hasStackTraceContaining("put it back from the backup");
            assertThat(key).as("left as it was").hasContent(another);

            engine.restart(() -> write(key, right));
            assertThat(get(engine.uri(), "/v1/leads/L-1").body()).contains("Ann");
        }
    }

    private static String anotherMasterKey() throws GeneralSecurityException {
        AeadConfig.register();
        return TinkJsonProtoKeysetFormat.serializeKeyset(
                KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, RegistryConfiguration.get()),
                RegistryConfiguration.get(),
                InsecureSecretKeyAccess.get());
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void postgresqlWaitsForItsDisks() {
        try (Engine engine = Engine.start(folder.resolve("data"))) {
            JdbcClient jdbc = JdbcClient.create(engine.dataSource());
            for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
                assertThat(jdbc.sql("SHOW " + setting).query(String.class).single())
                        .as(setting)
                        .isEqualTo("on");
            }
            assertThat(jdbc.sql("SHOW plan_cache_mode").query(String.class).single())
                    .isEqualTo("force_custom_plan");
            assertThat(jdbc.sql("SHOW server_version_num").query(Integer.class).single())
                    .isBetween(180_000, 189_999);
        }
    }

    @Test
    void whatAKilledEngineLeftBehindIsStoppedAndWhatItWasToldIsThere() throws Exception {
        Path data = folder.resolve("data");
        ProcessHandle leftBehind;
        try (EngineProcess engine = EngineProcess.start(data)) {
            capture(engine.uri(), "L-1");
            leftBehind = engine.postgres().orElseThrow();
            engine.kill9();
        }
        assertThat(runs(leftBehind)).isTrue();

        try (EngineProcess engine = EngineProcess.start(data)) {
            assertThat(runs(leftBehind)).isFalse();
            assertThat(engine.errors()).contains("stopping a PostgreSQL that an earlier run left behind");
            assertKnows(engine.uri(), "L-1");

            CommandRun second = CommandRun.of("serve", "--data", data, "--port", "0");
            assertThat(second.exitCode()).isEqualTo(2);
            assertThat(second.err()).contains("another engine (process ", "name another folder with --data");

            ProcessHandle postgres = engine.postgres().orElseThrow();
            assertThat(engine.stop()).isEqualTo(STOPPED_BY_SIGTERM);
            assertThat(runs(postgres)).isFalse();
            // Kafka may have told at the start of topics that were being made when it was killed.
            String errors = engine.errors();
            assertThat(errors.substring(errors.indexOf("stopping …"))).doesNotContain("Exception");
        }
    }

    @Test
    void aTakenPortIsToldBeforeAnythingIsStarted() throws IOException {
        Path data = folder.resolve("data");
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CommandRun run = CommandRun.of("--data", data, "--port", other.getLocalPort());
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err())
                    .contains(
                            "port %d is taken at 127.0.0.1".formatted(other.getLocalPort()),
                            "name another with --port");
        }
        assertThat(data).doesNotExist();
    }

    @Test
    void aProcessThatOnlyHasTheNumberOfAnOldServerIsLeftAlone() throws IOException {
        Path data = folder.resolve("data");
        OwnServers.in(data);
        Process bystander = new ProcessBuilder("sleep", "600").start();
        try {
            Path postgres = data.resolve("postgres");
            Files.writeString(
                    postgres.resolve("postmaster.pid"), "%d\n%s\n1\n5433\n".formatted(bystander.pid(), postgres));
            try (Engine engine = Engine.start(data)) {
                assertThat(get(engine.uri(), "/v3/api-docs").statusCode()).isEqualTo(200);
            }
            assertThat(bystander.isAlive()).isTrue();
        } finally {
            bystander.destroy();
        }
    }

    @Test
    void aServerThatIsNamedIsUsedAndNoneIsStarted() throws Exception {
        assumeThat(Backend.chosen()).as("its other server is an engine's own").isEqualTo(Backend.EMBEDDED);
        try (Engine other = Engine.start(folder.resolve("other"))) {
            try (Connection connection = DriverManager.getConnection(other.jdbcUrl(), "lifecycle", "");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE another");
            }
            try (Engine engine = Engine.start(
                    folder.resolve("data"),
                    "spring.datasource.url=" + database(other, "another"),
                    "spring.datasource.username=lifecycle")) {
                capture(engine.uri(), "L-1");
                assertKnows(engine.uri(), "L-1");
                assertThat(get(other.uri(), "/v1/leads/L-1").statusCode()).isEqualTo(404);
                assertThat(folder.resolve("data/postgres/postmaster.pid")).doesNotExist();
            }
        }
    }

    private static String database(Engine engine, String name) {
        return engine.jdbcUrl().replaceFirst("/lifecycle(\\?.*)?$", "/" + name);
    }

    /** Otherwise every user of the machine could act as the engine's. */
    @Test
    void nobodyGetsAtProgramsOrFilesThroughTheBuiltInPostgresql() throws Exception {
        assumeThat(Backend.chosen())
                .as("an outside server's users are not ours")
                .isEqualTo(Backend.EMBEDDED);
        try (Engine engine = Engine.start(folder.resolve("data"))) {
            try (Connection connection = DriverManager.getConnection(engine.jdbcUrl(), "lifecycle", "");
                    Statement statement = connection.createStatement()) {
                for (String attempt : List.of(
                        "COPY (SELECT 1) TO PROGRAM 'cat'",
                        "COPY (SELECT 1) TO '%s'".formatted(folder.resolve("written")),
                        "SELECT pg_read_file('PG_VERSION')",
                        "ALTER ROLE lifecycle SUPERUSER")) {
                    assertThatThrownBy(() -> statement.execute(attempt))
                            .as(attempt)
                            .hasMessageContaining("permission denied");
                }
            }
            for (String database : List.of("lifecycle", "postgres", "template1")) {
                assertThatThrownBy(() -> DriverManager.getConnection(database(engine, database), "postgres", ""))
                        .as(database)
                        .hasMessageContaining("no pg_hba.conf entry");
            }
        }
    }

    @Test
    void wrongOptionsAreToldInALine() {
        for (String wrong :
                List.of("--prot=1", "--port=70000", "--bind=192.0.2.1", "--spring.nothing", "--server.port=abc")) {
            CommandRun run = CommandRun.of("serve", "--data", folder.resolve("data"), wrong);
            assertThat(run.exitCode()).as(wrong).isEqualTo(2);
            assertThat(run.err()).doesNotContain("Exception").doesNotContain("\tat ");
        }
        assertThat(folder.resolve("data")).doesNotExist();
    }
}
