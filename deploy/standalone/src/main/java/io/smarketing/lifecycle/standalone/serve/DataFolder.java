package io.smarketing.lifecycle.standalone.serve;

import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The folder with everything that an engine keeps. One process at a time has it. */
final class DataFolder implements AutoCloseable {

    private static final String LOCK = "lock";
    private static final int PID_DIGITS = 20;

    /** For the user who runs PostgreSQL where this one is root. */
    private static final Set<PosixFilePermission> ENTER_ONLY = PosixFilePermissions.fromString("rwx--x--x");

    static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final Path path;
    private final FileChannel lock;

    private DataFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes the folder where it is missing, and takes it. */
    static DataFolder take(Path given) throws IOException {
        Path path = given.toAbsolutePath().normalize();
        prepare(path);
        FileChannel channel = openLock(path);
        if (!isLocked(channel)) {
            String holder = holder(channel);
            channel.close();
            throw new WrongInput(
                    "another engine%s works with the data in %s: stop it, or name another folder with --data"
                            .formatted(holder, path));
        }
        byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
        channel.truncate(0).write(ByteBuffer.wrap(pid), 0);
        return new DataFolder(path, channel);
    }

    Path path() {
        return path;
    }

    Path resolve(String name) {
        return path.resolve(name);
    }

    private static void prepare(Path path) {
        try {
            if (!Files.exists(path)) {
                Files.createDirectories(path);
                permit(path, ENTER_ONLY);
                // The folder often lies in a working copy.
                Files.writeString(path.resolve(".gitignore"), "*\n");
            }
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    /** What an engine keeps is nobody else's to read; a system without such permissions has its own ways. */
    static void permit(Path path, Set<PosixFilePermission> permissions) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(path, permissions);
        }
    }

    private static FileChannel openLock(Path path) {
        try {
            return FileChannel.open(
                    path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    private static WrongInput unwritable(Path path, IOException cause) {
        return new WrongInput("cannot write to the data folder %s (%s %s): name another with --data"
                .formatted(path, cause.getClass().getSimpleName(), cause.getMessage()));
    }

    /** Locks a byte behind the text, so that others can read who holds it, on every system. */
    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(PID_DIGITS, 1, false) != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(PID_DIGITS);
        channel.read(text, 0);
        String pid = StandardCharsets.US_ASCII.decode(text.flip()).toString();
        return pid.isBlank() ? "" : " (process " + pid + ")";
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
