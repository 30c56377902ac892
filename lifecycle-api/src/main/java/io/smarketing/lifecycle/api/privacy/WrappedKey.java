package io.smarketing.lifecycle.api.privacy;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;

/** The key of a lead as the table holds it: nothing but the master key opens it, and only as that lead's. */
@SuppressWarnings("ArrayRecordComponent")
record WrappedKey(String leadId, byte[] wrapped) {

    /** Nothing is sealed under its key: it tells whose master key the database was begun with. */
    static final String NO_LEAD = "";

    String name() {
        return leadId.equals(NO_LEAD) ? "the key that the database was begun with" : "the key of the lead " + leadId;
    }

    Aead open(Aead master) throws GeneralSecurityException {
        return TinkProtoKeysetFormat.parseEncryptedKeyset(
                        wrapped, master, leadId.getBytes(StandardCharsets.UTF_8), RegistryConfiguration.get())
                .getPrimitive(RegistryConfiguration.get(), Aead.class);
    }

    boolean opensWith(Aead master) {
        try {
            open(master);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
