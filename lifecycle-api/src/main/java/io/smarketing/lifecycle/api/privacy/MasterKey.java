package io.smarketing.lifecycle.api.privacy;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Set;

/**
 * The key that wraps the leads' keys: a Tink keyset in JSON, in a file that only its owner may read. It is made at the first
 * start and belongs into the backup, apart from the database's.
 */
final class MasterKey {

    private MasterKey() {}

    /**
     * Reads the file, or makes it.
     *
     * @param mayBeNew whether nothing is sealed yet, so that a new key does no harm
     */
    static Aead read(Path file, boolean mayBeNew) {
        try {
            AeadConfig.register();
            if (!Files.exists(file)) {
                if (!mayBeNew) {
                    throw new IllegalStateException(
                            "the master key %s is missing, and personal data in the database is sealed with it (put it back from the backup, or name its place in lifecycle.privacy.master-key-file)"
                                    .formatted(file));
                }
                write(file);
            }
            KeysetHandle handle = TinkJsonProtoKeysetFormat.parseKeyset(
                    Files.readString(file), RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
            return handle.getPrimitive(RegistryConfiguration.get(), Aead.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "the master key %s cannot be used: %s (it is a Tink keyset in JSON)"
                            .formatted(file, e.getMessage()),
                    e);
        } catch (IOException e) {
            throw new IllegalStateException("the master key %s cannot be read or written".formatted(file), e);
        }
    }

    private static void write(Path file) throws GeneralSecurityException, IOException {
        KeysetHandle handle =
                KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, RegistryConfiguration.get());
        String json = TinkJsonProtoKeysetFormat.serializeKeyset(
                handle, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try {
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Set<java.nio.file.attribute.PosixFilePermission> owner = PosixFilePermissions.fromString("rw-------");
                Files.createFile(file, PosixFilePermissions.asFileAttribute(owner));
            } else {
                Files.createFile(file);
            }
            Files.writeString(file, json);
        } catch (FileAlreadyExistsException e) {
            // Another process has just made it.
        }
    }
}
