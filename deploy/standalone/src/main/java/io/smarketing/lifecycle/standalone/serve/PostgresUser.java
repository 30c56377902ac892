package io.smarketing.lifecycle.standalone.serve;

import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * As whom PostgreSQL's programs run: they refuse root. An ordinary user runs them as he is; for root they run in a user namespace
 * without rights or, where namespaces are not allowed (many containers), as the user nobody.
 *
 * @param prefix what stands before the program on its command line
 * @param owner who has to own the files, where it is not simply the user of this process
 */
record PostgresUser(List<String> prefix, @Nullable Integer owner) {

    private static final int ROOT = 0;
    private static final int NOBODY = 65534;
    private static final List<String> NAMESPACE = List.of("unshare", "--user");
    private static final List<String> SWITCH =
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");

    static PostgresUser find() {
        boolean windows =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
        if (windows || !succeeds(List.of("sh", "-c", "test $(id -u) = 0"))) {
            return new PostgresUser(List.of(), null);
        }
        if (canRun(NAMESPACE)) {
            return new PostgresUser(NAMESPACE, ROOT);
        }
        if (canRun(SWITCH)) {
            return new PostgresUser(SWITCH, NOBODY);
        }
        throw new WrongInput("""
                PostgreSQL does not run as root, and neither unshare nor setpriv is allowed here: start as an ordinary user, \
                or name an external server with --spring.datasource.url=jdbc:postgresql://…""");
    }

    /** Gives the folder to the user. */
    void own(Path folder) throws IOException {
        if (owner == null || owner.equals(Files.getAttribute(folder, "unix:uid"))) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            // The folder itself comes last: while it belongs to another, the work is not done.
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.setAttribute(file, "unix:uid", owner, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    /** Whether the user reaches a program; folders on the way may be closed to him. */
    boolean reaches(Path program) {
        return prefix.isEmpty() || succeeds(prefix, "test", "-x", program.toString());
    }

    private static boolean canRun(List<String> prefix) {
        return succeeds(prefix, "true");
    }

    private static boolean succeeds(List<String> prefix, String... command) {
        return succeeds(Stream.concat(prefix.stream(), Stream.of(command)).toList());
    }

    private static boolean succeeds(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
