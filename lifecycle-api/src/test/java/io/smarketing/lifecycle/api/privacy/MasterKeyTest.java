package io.smarketing.lifecycle.api.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterKeyTest {

    private static final byte[] TEXT = {1, 2, 3};
    private static final byte[] PLACE = {4};

    private static final List<WrappedKey> NOTHING = List.of();

    @TempDir
    private Path folder = Path.of("");

    private Path file = Path.of("");

    @BeforeEach
    void name() {
        file = folder.resolve("keys").resolve("master-key.json");
    }

    private Aead another() {
        return MasterKey.read(folder.resolve("another.json"), NOTHING);
    }

    private static WrappedKey wrapped(String leadId, Aead master) throws GeneralSecurityException {
        KeysetHandle key = KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, RegistryConfiguration.get());
        return new WrappedKey(
                leadId,
                TinkProtoKeysetFormat.serializeEncryptedKeyset(
                        key, master, leadId.getBytes(StandardCharsets.UTF_8), RegistryConfiguration.get()));
    }

    @Test
    void anotherKeyInThePlaceOfTheRightOneIsToldWithItsPlaceAndMend() throws Exception {
        MasterKey.read(file, NOTHING);
        List<WrappedKey> sealed = List.of(wrapped("L-1", another()), wrapped("L-2", another()));

        assertThatThrownBy(() -> MasterKey.read(file, sealed))
                .isInstanceOf(UnusableMasterKey.class)
                .hasMessageContainingAll(file.toString(), "is not the one", "L-1", "backup");
    }

    @Test
    void theRightKeyIsTakenAlsoWhereTheKeyOfALeadIsDamaged() throws Exception {
        Aead made = MasterKey.read(file, NOTHING);
        WrappedKey whole = wrapped("L-2", made);
        List<WrappedKey> sealed = List.of(wrapped("L-1", another()), new WrappedKey("L-0", new byte[] {1}), whole);

        assertThat(whole.opensWith(MasterKey.read(file, sealed))).isTrue();
    }

    @Test
    void aKeyIsMadeOnceAndReadAgain() throws Exception {
        Aead made = MasterKey.read(file, NOTHING);
        List<WrappedKey> sealed = List.of(wrapped("L-1", made));

        assertThat(MasterKey.read(file, sealed).decrypt(made.encrypt(TEXT, PLACE), PLACE))
                .isEqualTo(TEXT);
        assertThat(Files.getPosixFilePermissions(file))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        try (Stream<Path> files = Files.list(folder.resolve("keys"))) {
            assertThat(files).as("no draft stays").containsExactly(file);
        }
    }

    @Test
    void anEmptyFileIsFilledWhileNothingIsSealed() throws Exception {
        Files.createDirectories(folder.resolve("keys"));
        Files.createFile(file);

        Aead made = MasterKey.read(file, NOTHING);
        List<WrappedKey> sealed = List.of(wrapped("L-1", made));

        assertThat(MasterKey.read(file, sealed).decrypt(made.encrypt(TEXT, PLACE), PLACE))
                .isEqualTo(TEXT);
    }

    @Test
    void whatCannotBeUsedIsToldWithItsPlaceAndMend() throws Exception {
        List<WrappedKey> sealed = List.of(wrapped("L-1", another()));
        assertThatThrownBy(() -> MasterKey.read(file, sealed))
                .isInstanceOf(UnusableMasterKey.class)
                .hasMessageContainingAll(file.toString(), "missing", "backup");
        Files.createDirectories(folder.resolve("keys"));
        Files.createFile(file);
        assertThatThrownBy(() -> MasterKey.read(file, sealed))
                .isInstanceOf(UnusableMasterKey.class)
                .hasMessageContainingAll(file.toString(), "is empty", "backup");
        assertThat(file).as("left as it was").isEmptyFile();
        Files.writeString(file, "{\"primaryKeyId\": 1");
        assertThatThrownBy(() -> MasterKey.read(file, NOTHING))
                .isInstanceOf(UnusableMasterKey.class)
                .hasMessageContainingAll(file.toString(), "cannot be used", "backup");
    }
}
