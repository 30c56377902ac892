package io.smarketing.lifecycle.api.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.Aead;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterKeyTest {

    private static final byte[] TEXT = {1, 2, 3};
    private static final byte[] PLACE = {4};

    @TempDir
    private Path folder = Path.of("");

    private Path file = Path.of("");

    @BeforeEach
    void name() {
        file = folder.resolve("keys").resolve("master-key.json");
    }

    @Test
    void aKeyIsMadeOnceAndReadAgain() throws Exception {
        Aead made = MasterKey.read(file, true);

        assertThat(MasterKey.read(file, false).decrypt(made.encrypt(TEXT, PLACE), PLACE))
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

        Aead made = MasterKey.read(file, true);

        assertThat(MasterKey.read(file, false).decrypt(made.encrypt(TEXT, PLACE), PLACE))
                .isEqualTo(TEXT);
    }

    @Test
    void whatCannotBeUsedIsToldWithItsPlaceAndMend() throws Exception {
        assertThatThrownBy(() -> MasterKey.read(file, false))
                .isInstanceOf(UnusableMasterKey.class)
                .hasMessageContainingAll(file.toString(), "missing", "backup");
        Files.createDirectories(folder.resolve("keys"));
        Files.createFile(file);
        assertThatThrownBy(() -> MasterKey.read(file, false))
                .isInstanceOf(UnusableMasterKey.class)
                .hasMessageContainingAll(file.toString(), "is empty", "backup");
        assertThat(file).as("left as it was").isEmptyFile();
        Files.writeString(file, "{\"primaryKeyId\": 1");
        assertThatThrownBy(() -> MasterKey.read(file, true))
                .isInstanceOf(UnusableMasterKey.class)
                .hasMessageContainingAll(file.toString(), "cannot be used", "backup");
    }
}
