package io.smarketing.lifecycle.api.privacy;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import io.smarketing.lifecycle.api.ApiConfiguration;
import io.smarketing.lifecycle.lead.LeadEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Seals personal data under a key of its lead. The keys stand in their own table, wrapped by the master key: without its row
 * there, nothing of the person can be read anywhere.
 */
@Component
@DependsOn(ApiConfiguration.SCHEMA)
public class Vault {

    private static final int SAMPLES = 10;

    private final JdbcClient jdbc;
    private final Aead master;

    Vault(
            JdbcClient jdbc,
            @Value("${lifecycle.privacy.master-key-file:${lifecycle.data:lifecycle-data}/master-key.json}") Path file) {
        this.jdbc = jdbc;
        List<WrappedKey> wrapped = samples();
        this.master = MasterKey.read(file, wrapped);
        if (wrapped.isEmpty()) {
            begin();
            // Another engine may have begun with the empty database too, with another key.
            MasterKey.requireOpens(master, file, samples());
        }
    }

    /** The first key that is wrapped belongs to no lead: of engines that begin together, each with a master key of its own, all but one are told. */
    private void begin() {
        jdbc.sql("""
                        INSERT INTO lifecycle.lead_key (lead_id, wrapped, created_at) VALUES (?, ?, ?)
                        ON CONFLICT (lead_id) DO NOTHING""")
                .params(WrappedKey.NO_LEAD, newKey(WrappedKey.NO_LEAD).wrapped(), Timestamp.from(Instant.now()))
                .update();
    }

    /** From both ends of the index: they cost nothing, however many there are. */
    private List<WrappedKey> samples() {
        return jdbc.sql("""
                        (SELECT lead_id, wrapped FROM lifecycle.lead_key ORDER BY lead_id LIMIT ?)
                        UNION ALL
                        (SELECT lead_id, wrapped FROM lifecycle.lead_key ORDER BY lead_id DESC LIMIT ?)""")
                .params(SAMPLES, SAMPLES)
                .query((row, number) -> new WrappedKey(row.getString(1), row.getBytes(2)))
                .list();
    }

    /** Seals and opens for some leads, by keys read once. */
    public static final class Keys {

        private final Map<String, Aead> keys;

        private Keys(Map<String, Aead> keys) {
            this.keys = keys;
        }

        /** Ciphertext that only the lead's key opens, and only as that lead's. */
        public byte[] seal(String leadId, byte[] plain) {
            try {
                return key(leadId).encrypt(plain, leadId.getBytes(StandardCharsets.UTF_8));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        /** What was sealed; empty when the key is gone. */
        public Optional<byte[]> open(String leadId, byte[] sealed) {
            Aead key = keys.get(leadId);
            if (key == null) {
                return Optional.empty();
            }
            try {
                return Optional.of(key.decrypt(sealed, leadId.getBytes(StandardCharsets.UTF_8)));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(
                        "personal data of the lead %s does not open with its key".formatted(leadId), e);
            }
        }

        private Aead key(String leadId) {
            Aead key = keys.get(leadId);
            if (key == null) {
                throw new IllegalStateException("no key was asked for the lead " + leadId);
            }
            return key;
        }

        /** The event, its contact sealed. */
        public LeadEvent seal(String leadId, LeadEvent event) {
            if (event instanceof LeadEvent.Captured captured
                    && captured.contact() instanceof LeadEvent.Contact.Open contact) {
                return new LeadEvent.Captured(
                        captured.source(),
                        captured.campaign(),
                        captured.persona(),
                        captured.attributes(),
                        sealContact(leadId, contact),
                        captured.cost());
            } else if (event instanceof LeadEvent.Enriched enriched
                    && enriched.contact() instanceof LeadEvent.Contact.Open contact) {
                return new LeadEvent.Enriched(enriched.attributes(), sealContact(leadId, contact));
            }
            return event;
        }

        private LeadEvent.Contact sealContact(String leadId, LeadEvent.Contact.Open contact) {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("email", contact.email());
            json.put("name", contact.name());
            json.put("phone", contact.phone());
            json.put("company", contact.company());
            byte[] sealed = seal(leadId, JsonMapper.shared().writeValueAsBytes(json));
            return new LeadEvent.Contact.Sealed(Base64.getEncoder().encodeToString(sealed));
        }

        /** The contact as it came; empty when the key is gone. */
        public Optional<ObjectNode> openContact(String leadId, String ciphertext) {
            Optional<byte[]> plain = open(leadId, Base64.getDecoder().decode(ciphertext));
            if (plain.isEmpty()) {
                return Optional.empty();
            }
            JsonNode contact = JsonMapper.shared().readTree(plain.get());
            ObjectNode present = JsonNodeFactory.instance.objectNode();
            contact.properties().stream()
                    .filter(field -> !field.getValue().isNull())
                    .forEach(field -> present.set(field.getKey(), field.getValue()));
            return Optional.of(present);
        }
    }

    /** Whether an event holds what must be sealed. */
    public static boolean isPersonal(LeadEvent event) {
        return (event instanceof LeadEvent.Captured captured && captured.contact() instanceof LeadEvent.Contact.Open)
                || (event instanceof LeadEvent.Enriched enriched
                        && enriched.contact() instanceof LeadEvent.Contact.Open);
    }

    /** The keys of leads that have one. */
    public Keys keys(Collection<String> leadIds) {
        Map<String, Aead> keys = new HashMap<>();
        if (!leadIds.isEmpty()) {
            jdbc.sql("SELECT lead_id, wrapped FROM lifecycle.lead_key WHERE lead_id = ANY (?)")
                    .param(leadIds.toArray(String[]::new))
                    .query((row, number) -> keys.put(row.getString(1), unwrap(row.getString(1), row.getBytes(2))))
                    .list();
        }
        return new Keys(keys);
    }

    /** The keys of leads, made where there is none, in the caller's transaction. */
    public Keys keysToSeal(Collection<String> leadIds) {
        Keys known = keys(leadIds);
        List<String> missing = leadIds.stream()
                .distinct()
                .filter(leadId -> !known.keys.containsKey(leadId))
                .sorted()
                .toList();
        if (!missing.isEmpty()) {
            List<NewKey> fresh = missing.stream().map(this::newKey).toList();
            Map<String, NewKey> freshByLead = new HashMap<>();
            fresh.forEach(key -> freshByLead.put(key.leadId(), key));
            // Whoever was first has made the key, and everybody gets that one.
            jdbc.sql("""
                            INSERT INTO lifecycle.lead_key AS k (lead_id, wrapped, created_at)
                            SELECT fresh.lead_id, fresh.wrapped, ? FROM unnest(?, ?) AS fresh (lead_id, wrapped)
                            ON CONFLICT (lead_id) DO UPDATE SET lead_id = k.lead_id
                            RETURNING k.lead_id, k.wrapped""")
                    .params(
                            Timestamp.from(Instant.now()),
                            missing.toArray(String[]::new),
                            fresh.stream().map(NewKey::wrapped).toArray(byte[][]::new))
                    .query((row, number) -> {
                        String leadId = row.getString(1);
                        byte[] stored = row.getBytes(2);
                        NewKey ours = Objects.requireNonNull(freshByLead.get(leadId));
                        return known.keys.put(
                                leadId, Arrays.equals(stored, ours.wrapped()) ? ours.key() : unwrap(leadId, stored));
                    })
                    .list();
        }
        return known;
    }

    /** A key that may be the lead's, if nobody else was faster. */
    @SuppressWarnings("ArrayRecordComponent")
    private record NewKey(String leadId, Aead key, byte[] wrapped) {}

    private NewKey newKey(String leadId) {
        try {
            KeysetHandle handle =
                    KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, RegistryConfiguration.get());
            return new NewKey(
                    leadId,
                    handle.getPrimitive(RegistryConfiguration.get(), Aead.class),
                    TinkProtoKeysetFormat.serializeEncryptedKeyset(
                            handle, master, leadId.getBytes(StandardCharsets.UTF_8), RegistryConfiguration.get()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Aead unwrap(String leadId, byte[] wrapped) {
        try {
            return new WrappedKey(leadId, wrapped).open(master);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "the key of the lead %s does not open with the master key (was it replaced?)".formatted(leadId), e);
        }
    }
}
