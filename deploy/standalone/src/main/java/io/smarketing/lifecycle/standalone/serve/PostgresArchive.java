package io.smarketing.lifecycle.standalone.serve;

import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.springframework.util.FileSystemUtils;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs, as the jar carries them for the kind of machine it was built on. */
final class PostgresArchive {

    private static final int EXECUTABLE_BY_OWNER = 0100;

    private final URL archive;

    private PostgresArchive(URL archive) {
        this.archive = archive;
    }

    /** The archive for this machine; the resources are named as zonky's binaries name them. */
    static PostgresArchive ofThisMachine() {
        String name = "/postgres-%s-%s%s.txz"
                .formatted(system(), processor(), Files.exists(Path.of("/etc/alpine-release")) ? "-alpine_linux" : "");
        URL archive = PostgresArchive.class.getResource(name);
        if (archive == null) {
            throw new WrongInput("""
                    this program has no PostgreSQL for %s on %s, because it was built on another kind of machine: \
                    build it on this one, or name an external server with --spring.datasource.url=jdbc:postgresql://…""".formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
        }
        return new PostgresArchive(archive);
    }

    private static String system() {
        String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        return name.startsWith("mac") ? "darwin" : name.startsWith("windows") ? "windows" : name;
    }

    private static String processor() {
        String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "amd64" -> "x86_64";
            case "aarch64" -> "arm_64";
            default -> name;
        };
    }

    /** Unpacks into a folder below the given one that is named after the content, unless that is there already. */
    Path unpackBelow(Path folder, Consumer<String> progress) throws IOException {
        Path home = folder.resolve(digest().substring(0, 16));
        if (!Files.isDirectory(home)) {
            progress.accept("unpacking PostgreSQL …");
            Path unfinished =
                    folder.resolve("unfinished-" + ProcessHandle.current().pid());
            FileSystemUtils.deleteRecursively(unfinished);
            Files.createDirectories(unfinished);
            unpack(unfinished);
            try {
                Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                // Another process may have been faster, and its result is as good.
                FileSystemUtils.deleteRecursively(unfinished);
                if (!Files.isDirectory(home)) {
                    throw e;
                }
            }
        }
        return home;
    }

    private String digest() throws IOException {
        try (DigestInputStream stream =
                new DigestInputStream(archive.openStream(), MessageDigest.getInstance("SHA-256"))) {
            stream.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(stream.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void unpack(Path folder) throws IOException {
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive.openStream(), 1 << 16)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = folder.resolve(entry.getName()).normalize();
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else {
                    Files.createDirectories(path.resolveSibling("."));
                    unpack(entry, tar, path, posix);
                }
            }
        }
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path path, boolean posix)
            throws IOException {
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(content, path);
        if (posix) {
            boolean executable = (entry.getMode() & EXECUTABLE_BY_OWNER) != 0;
            Files.setPosixFilePermissions(
                    path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }
}
