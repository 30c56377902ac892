package io.smarketing.lifecycle.standalone.serve;

import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL of our own, listening at localhost, that keeps its data in a folder. It runs as a process group of its own, so that
 * a Ctrl-C at the terminal reaches this program first; after a {@code kill -9} of this program it stays, and the next start on
 * the same folder stops it. If it ends without having been told to, it is started again at the same port.
 */
final class EmbeddedPostgres implements AutoCloseable {

    static final String USER = "lifecycle";
    private static final String DATABASE = "lifecycle";
    private static final String VERSION = "18";

    /** Owns PostgreSQL's own catalogs and can do everything, also run programs: nobody logs in as this one. */
    private static final String SUPERUSER = "postgres";

    /** Who may log in: not the superuser, from nowhere. */
    private static final String LOGINS = """
            # type  database  user       address        method
            host    all       lifecycle  127.0.0.1/32   trust
            """;

    /** A line each, as the server reads them where nobody can log in yet. */
    private static final String FIRST_STATEMENTS = """
            CREATE ROLE lifecycle LOGIN CREATEDB
            GRANT pg_read_all_settings TO lifecycle
            """;

    /** What makes a committed fact survive a power cut; read back after every start. */
    private static final Map<String, String> SETTINGS = Map.of(
            "fsync", "on",
            "synchronous_commit", "on",
            "full_page_writes", "on",
            // A plan cached while a table was empty ruins every later look-up.
            "plan_cache_mode", "force_custom_plan");

    private static final Duration INITDB_LIMIT = Duration.ofMinutes(3);
    /** Recovery after a crash replays what was written since the last checkpoint. */
    private static final Duration START_LIMIT = Duration.ofMinutes(5);

    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);
    private static final long LOG_LIMIT_BYTES = 10 << 20;

    private final Path programs;
    private final Path data;
    private final PostgresUser user;
    private final Consumer<String> progress;
    private int port;
    private @Nullable Supervision supervision;

    private EmbeddedPostgres(Path programs, Path data, PostgresUser user, Consumer<String> progress) {
        this.programs = programs;
        this.data = data;
        this.user = user;
        this.progress = progress;
    }

    static EmbeddedPostgres start(Path data, Path programs, int preferredPort, Consumer<String> progress)
            throws IOException {
        PostgresUser user = PostgresUser.find();
        Path home = PostgresArchive.ofThisMachine().unpackBelow(programs, progress);
        EmbeddedPostgres postgres = new EmbeddedPostgres(home, data, user, progress);
        postgres.prepare();
        postgres.stopLeftOver();
        postgres.startServer(preferredPort);
        try {
            postgres.verifySettings();
            postgres.createDatabase();
            postgres.tellSuperuser();
        } catch (SQLException e) {
            postgres.close();
            throw new IOException("PostgreSQL started and does not answer: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
        postgres.supervision = Supervision.of(postgres::isRunning, postgres::startAgain, progress);
        return postgres;
    }

    int port() {
        return port;
    }

    private boolean isRunning() {
        try {
            List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
            Optional<ProcessHandle> process = lines.isEmpty() ? Optional.empty() : process(lines.get(0));
            // One that has ended, and whose end nobody has looked at, is listed and has no program any more.
            return process.filter(ProcessHandle::isAlive).isPresent()
                    && (process.get().info().command().isPresent() || Port.preferably(port) != port);
        } catch (IOException e) {
            return false;
        }
    }

    /** At the port at which it is known. */
    private void startAgain() throws IOException {
        progress.accept("PostgreSQL has ended by itself; starting it again …");
        stopLeftOver();
        Path log = data.resolve("server.log");
        Outcome outcome = startServer(log);
        if (!outcome.succeeded()) {
            throw new IOException("PostgreSQL does not start again; tried again until it does:\n%s\nThe end of %s:\n%s"
                    .formatted(outcome.output(), log, tail(log)));
        }
        progress.accept("PostgreSQL is back");
    }

    String url() {
        return url(port, DATABASE);
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://%s:%d/%s".formatted(Port.LOCALHOST, port, database);
    }

    private void prepare() throws IOException {
        if (!user.reaches(program("postgres"))) {
            throw new WrongInput("""
                    PostgreSQL does not run as root and runs as nobody here, who may not enter %s: name a folder that everyone \
                    may enter with --data, or start as an ordinary user""".formatted(programs));
        }
        if (Files.exists(data.resolve("PG_VERSION"))) {
            String version = Files.readString(data.resolve("PG_VERSION")).strip();
            if (!version.equals(VERSION)) {
                throw new WrongInput(
                        "%s was written by PostgreSQL %s and this is %s: dump it with the program that wrote it, or name another folder with --data"
                                .formatted(data, version, VERSION));
            }
        } else {
            initialize();
        }
        user.own(data);
    }

    /** Beside its place first, so that an interrupted start leaves nothing half done. */
    private void initialize() throws IOException {
        progress.accept("creating the database …");
        Path unfinished = data.resolveSibling(data.getFileName() + ".unfinished");
        FileSystemUtils.deleteRecursively(unfinished);
        Files.createDirectories(unfinished);
        user.own(unfinished);
        Outcome outcome = run(
                INITDB_LIMIT,
                List.of(
                        program("initdb").toString(),
                        "--pgdata=" + unfinished,
                        "--username=" + SUPERUSER,
                        "--auth=reject",
                        "--encoding=UTF8",
                        "--no-locale"));
        if (!outcome.succeeded()) {
            throw new IOException("PostgreSQL's initdb failed:\n" + outcome.output());
        }
        Outcome first = run(
                INITDB_LIMIT,
                List.of(
                        program("postgres").toString(),
                        "--single",
                        "-D",
                        unfinished.toString(),
                        "-c",
                        "exit_on_error=on",
                        SUPERUSER),
                FIRST_STATEMENTS);
        if (!first.succeeded()) {
            throw new IOException("PostgreSQL could not make its user:\n" + first.output());
        }
        Files.writeString(unfinished.resolve("pg_hba.conf"), LOGINS);
        Files.move(unfinished, data, StandardCopyOption.ATOMIC_MOVE);
    }

    /** A server that outlived its engine. Its process id may meanwhile be somebody else's. */
    private void stopLeftOver() throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        List<String> lines = Files.readAllLines(pidFile);
        Optional<ProcessHandle> process = lines.isEmpty() ? Optional.empty() : process(lines.get(0));
        if (process.isEmpty()) {
            return;
        }
        if (!isOurs(process.get(), lines)) {
            Files.delete(pidFile);
            return;
        }
        progress.accept("stopping a PostgreSQL that an earlier run left behind (process %d) …"
                .formatted(process.get().pid()));
        if (!stop("fast").succeeded()) {
            Outcome outcome = stop("immediate");
            if (!outcome.succeeded()) {
                throw new IOException(
                        "cannot stop the PostgreSQL that an earlier run left behind in %s (process %d):\n%s"
                                .formatted(data, process.get().pid(), outcome.output()));
            }
        }
    }

    private static Optional<ProcessHandle> process(String pid) {
        try {
            return ProcessHandle.of(Long.parseLong(pid.strip()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * By its command line; where the system does not tell that, by asking the server for its folder. A copied folder brings the pid
     * file of the original's server along, which is none of ours.
     */
    private boolean isOurs(ProcessHandle process, List<String> pidFile) {
        try {
            String folder = pidFile.get(1);
            if (!Files.isSameFile(Path.of(folder), data)) {
                return false;
            }
            Optional<String> commandLine = process.info().commandLine();
            if (commandLine.isPresent()) {
                return commandLine.get().contains("postgres")
                        && commandLine.get().contains(folder);
            }
            try (Connection connection = connect(Integer.parseInt(pidFile.get(3).strip()), "postgres")) {
                return Files.isSameFile(Path.of(setting(connection, "data_directory")), data);
            }
        } catch (SQLException | IOException | RuntimeException e) {
            return false;
        }
    }

    private void startServer(int preferredPort) throws IOException {
        Path log = data.resolve("server.log");
        if (Files.exists(log) && Files.size(log) > LOG_LIMIT_BYTES) {
            Files.delete(log);
        }
        port = Port.preferably(preferredPort);
        Outcome outcome = startServer(log);
        if (!outcome.succeeded() && Port.preferably(port) != port) {
            // Somebody took the port between our look and PostgreSQL's.
            port = Port.preferably(0);
            outcome = startServer(log);
        }
        if (!outcome.succeeded()) {
            throw new IOException(
                    "PostgreSQL did not start:\n%s\nThe end of %s:\n%s".formatted(outcome.output(), log, tail(log)));
        }
    }

    private Outcome startServer(Path log) throws IOException {
        List<String> options = new ArrayList<>();
        options.add("-c listen_addresses=" + Port.LOCALHOST);
        options.add("-c port=" + port);
        options.add("-c unix_socket_directories=");
        options.add("-c max_wal_size=2GB");
        SETTINGS.forEach((name, value) -> options.add("-c " + name + "=" + value));
        return run(
                START_LIMIT,
                List.of(
                        program("pg_ctl").toString(),
                        "start",
                        "--pgdata=" + data,
                        "--wait",
                        "--timeout=" + START_LIMIT.toSeconds(),
                        "--log=" + log,
                        "--options=" + String.join(" ", options)));
    }

    private Outcome stop(String mode) throws IOException {
        return run(
                STOP_LIMIT,
                List.of(
                        program("pg_ctl").toString(),
                        "stop",
                        "--pgdata=" + data,
                        "--mode=" + mode,
                        "--wait",
                        "--timeout=" + STOP_LIMIT.toSeconds()));
    }

    private void verifySettings() throws SQLException {
        try (Connection connection = connect(port, "postgres")) {
            for (Map.Entry<String, String> setting : SETTINGS.entrySet()) {
                String found = setting(connection, setting.getKey());
                if (!found.equals(setting.getValue())) {
                    throw new IllegalStateException(
                            "PostgreSQL runs with %s=%s and must run with %s: facts could be lost"
                                    .formatted(setting.getKey(), found, setting.getValue()));
                }
            }
        }
    }

    private static String setting(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_setting('" + name + "')")) {
            row.next();
            return row.getString(1);
        }
    }

    private void createDatabase() throws SQLException {
        try (Connection connection = connect(port, "postgres");
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
            if (!row.next()) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
        }
    }

    /** Folders of earlier versions belong to a user who is one. */
    private void tellSuperuser() throws SQLException {
        try (Connection connection = connect(port, DATABASE);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")) {
            if (row.next() && row.getBoolean(1)) {
                progress.accept("""
                        %s was made by an earlier version: whoever can log in at this machine can act through its PostgreSQL as the \
                        user that runs it (docs/serve.md, "Who can reach it")""".formatted(data));
            }
        }
    }

    private static Connection connect(int port, String database) throws SQLException {
        return DriverManager.getConnection(url(port, database), USER, "");
    }

    private Path program(String name) {
        return programs.resolve("bin").resolve(name);
    }

    private Outcome run(Duration limit, List<String> command) throws IOException {
        return run(limit, command, "");
    }

    private Outcome run(Duration limit, List<String> command, String input) throws IOException {
        List<String> whole = new ArrayList<>(user.prefix());
        whole.addAll(command);
        // A file and not a pipe: a server that was started this way would hold the pipe open.
        Path output = Files.createTempFile("postgres", ".txt");
        try {
            ProcessBuilder builder = new ProcessBuilder(whole)
                    .directory(programs.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            try (OutputStream toProcess = process.getOutputStream()) {
                toProcess.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It has ended already; its output says why.
                progress.accept("%s reads nothing".formatted(command.get(0)));
            }
            boolean finished = process.waitFor(limit.toSeconds() + 10, TimeUnit.SECONDS);
            if (!finished) {
                process.destroyForcibly();
            }
            return new Outcome(
                    finished && process.exitValue() == 0,
                    Files.readString(output, StandardCharsets.UTF_8).strip());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + command.get(0), e);
        } finally {
            Files.delete(output);
        }
    }

    private static String tail(Path log) throws IOException {
        if (!Files.exists(log)) {
            return "";
        }
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    @Override
    public void close() throws IOException {
        if (supervision != null) {
            supervision.close();
        }
        Outcome outcome = stop("fast");
        if (!outcome.succeeded() && Files.exists(data.resolve("postmaster.pid"))) {
            throw new IOException("PostgreSQL did not stop:\n" + outcome.output());
        }
    }

    private record Outcome(boolean succeeded, String output) {}
}
