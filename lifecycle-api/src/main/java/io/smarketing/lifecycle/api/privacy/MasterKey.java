package io.smarketing.lifecycle.api.privacy;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key that wraps the leads' keys: a Tink keyset in JSON, in a file that only its owner may read. It is made at the first
 * start and belongs into the backup, apart from the database's.
 */
final class MasterKey {

    private static final Logger LOG = LoggerFactory.getLogger(MasterKey.class);
    private static final String MEND =
            "put it back from the backup, or name its place in lifecycle.privacy.master-key-file";

    private MasterKey() {}

    /**
     * Reads the file, or makes it.
     *
     * @param wrapped some of the leads' keys, which it is to open; none where nothing is sealed yet, so that a new one does no harm
     */
    static Aead read(Path file, List<WrappedKey> wrapped) {
        boolean mayBeNew = wrapped.isEmpty();
        try {
            AeadConfig.register();
            if (!Files.exists(file)) {
                if (!mayBeNew) {
                    throw new UnusableMasterKey(
                            "the master key %s is missing, and keys in the database are wrapped with it (%s)"
                                    .formatted(file, MEND),
                            null);
                }
                make(file);
            } else if (Files.size(file) == 0) {
                if (!mayBeNew) {
                    throw new UnusableMasterKey(
                            "the master key %s is empty, and keys in the database are wrapped with it (%s)"
                                    .formatted(file, MEND),
                            null);
                }
                fill(file);
            }
            KeysetHandle handle = TinkJsonProtoKeysetFormat.parseKeyset(
                    Files.readString(file), RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
            Aead master = handle.getPrimitive(RegistryConfiguration.get(), Aead.class);
            requireOpens(master, file, wrapped);
            return master;
        } catch (GeneralSecurityException e) {
            throw new UnusableMasterKey(
                    "the master key %s cannot be used: %s (it is a Tink keyset in JSON: %s)"
                            .formatted(file, e.getMessage(), MEND),
                    e);
        } catch (IOException e) {
            throw new UnusableMasterKey(
                    "the master key %s cannot be read or written: %s (let the engine's user read and write it; where there is none, its folder, and make room on the disk)"
                            .formatted(file, e),
                    e);
        }
    }

    /** Those that do not open are left to whoever asks for them, if others do: one that is damaged must not stop the engine. */
    static void requireOpens(Aead master, Path file, List<WrappedKey> wrapped) {
        List<String> closed = wrapped.stream()
                .filter(key -> !key.opensWith(master))
                .map(WrappedKey::name)
                .distinct()
                .toList();
        if (closed.isEmpty()) {
            return;
        }
        if (wrapped.stream().map(WrappedKey::name).allMatch(closed::contains)) {
            throw new UnusableMasterKey(
                    "the master key %s is not the one that keys in the database are wrapped with: it does not open %s (%s; engines that share a database share its master key)"
                            .formatted(file, closed.get(0), MEND),
                    null);
        }
        LOG.error(
                "the master key {} opens some keys and not others, among them {}: were they made under another one? What was sealed under them"
                        + " cannot be read, and facts of their leads that have to be sealed are refused",
                file,
                closed);
    }

    private static String fresh() throws GeneralSecurityException {
        KeysetHandle handle =
                KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, RegistryConfiguration.get());
        return TinkJsonProtoKeysetFormat.serializeKeyset(
                handle, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
    }

    /** Beside its place first, so that it is there as a whole or not at all. */
    private static void make(Path file) throws GeneralSecurityException, IOException {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        Files.createDirectories(folder);
        // Only its owner may read what is made so.
        Path draft = Files.createTempFile(folder, "master-key", ".draft");
        try {
            write(draft, fresh());
            publish(draft, file);
            persist(folder);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static void publish(Path draft, Path file) throws IOException {
        try {
            linkOrMove(draft, file);
        } catch (FileAlreadyExistsException e) {
            // Another process has just made it.
        }
    }

    private static void linkOrMove(Path draft, Path file) throws IOException {
        try {
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            // Some file systems have no links.
            Files.move(draft, file);
        }
    }

    /** One that was left empty: of several processes the first fills it. */
    private static void fill(Path file) throws GeneralSecurityException, IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (lock.isValid() && channel.size() == 0) {
                write(channel, fresh());
            }
        }
    }

    private static void write(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            write(channel, text);
        }
    }

    private static void write(FileChannel channel, String text) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(true);
    }

    /** That the file is there outlives a power cut, where folders can be forced. */
    private static void persist(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Not everywhere they can.
        }
    }
}
