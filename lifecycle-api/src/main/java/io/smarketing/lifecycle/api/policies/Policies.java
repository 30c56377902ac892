package io.smarketing.lifecycle.api.policies;

import io.smarketing.lifecycle.api.ApiConfiguration;
import io.smarketing.lifecycle.lead.ActivePolicy;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.smarketing.lifecycle.yaml.Problem;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Policies as saved, none of them ever changed, and the log of which was active when. */
@Component
@DependsOn(ApiConfiguration.SCHEMA)
public class Policies implements ActivePolicy {

    private static final PolicyRef NONE = new PolicyRef("", "");

    private final JdbcClient jdbc;
    private final Map<PolicyRef, Policy> compiled = new ConcurrentHashMap<>();

    /** One batch is judged by one policy, whatever is switched meanwhile. */
    private final ThreadLocal<Optional<Policy>> inForce = ThreadLocal.withInitial(Optional::empty);

    Policies(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A saved version; its state is {@code draft}, {@code active} or {@code retired}. */
    record Version(
            PolicyRef reference,
            String document,
            Instant savedAt,
            @Nullable String savedBy,
            String state) {}

    /**
     * A switch.
     *
     * @param reference null when no policy is active from then on
     */
    record Activation(
            long number,
            @Nullable PolicyRef reference,
            Instant at,
            @Nullable String by,
            @Nullable String reason) {}

    /** What saving led to: the version is made of the text, so the same text is the same version. */
    record Saving(PolicyRef reference, boolean fresh, List<Problem> warnings) {}

    Saving save(String document, @Nullable String by) throws RefusedDocument {
        PolicyReader.Reading reading = PolicyReader.read("policy", document);
        PolicyRef reference = reading.policy().reference();
        int rows = jdbc.sql("INSERT INTO lifecycle.policy_version (name, version, document, saved_at, saved_by)"
                        + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
                .params(Arrays.asList(
                        reference.name(), reference.version(), document, Timestamp.from(Instant.now()), by))
                .update();
        return new Saving(reference, rows == 1, reading.warnings());
    }

    List<Version> versions() {
        PolicyRef active = activeReference();
        return jdbc.sql("SELECT v.*, EXISTS (SELECT 1 FROM lifecycle.policy_activation a WHERE a.name = v.name"
                        + " AND a.version = v.version) AS activated FROM lifecycle.policy_version v"
                        + " ORDER BY saved_at DESC, name, version")
                .query((row, number) -> version(row, active))
                .list();
    }

    Optional<Version> version(PolicyRef reference) {
        return versions().stream()
                .filter(version -> version.reference().equals(reference))
                .findFirst();
    }

    private static Version version(ResultSet row, PolicyRef active) throws SQLException {
        PolicyRef reference = new PolicyRef(row.getString("name"), row.getString("version"));
        boolean activated = row.getBoolean("activated");
        return new Version(
                reference,
                row.getString("document"),
                row.getTimestamp("saved_at").toInstant(),
                row.getString("saved_by"),
                reference.equals(active) ? "active" : activated ? "retired" : "draft");
    }

    /** Switches the pointer; null to have no policy. Verdicts that history holds stay. */
    Activation activate(@Nullable PolicyRef reference, @Nullable String by, @Nullable String reason) {
        Instant now = Instant.now();
        return jdbc.sql("INSERT INTO lifecycle.policy_activation (name, version, activated_at, activated_by, reason)"
                        + " VALUES (?, ?, ?, ?, ?) RETURNING *")
                .params(Arrays.asList(
                        reference == null ? null : reference.name(),
                        reference == null ? null : reference.version(),
                        Timestamp.from(now),
                        by,
                        reason))
                .query((row, number) -> activation(row))
                .single();
    }

    List<Activation> activations() {
        return jdbc.sql("SELECT * FROM lifecycle.policy_activation ORDER BY id DESC")
                .query((row, number) -> activation(row))
                .list();
    }

    private static Activation activation(ResultSet row) throws SQLException {
        String name = row.getString("name");
        return new Activation(
                row.getLong("id"),
                name == null ? null : new PolicyRef(name, row.getString("version")),
                row.getTimestamp("activated_at").toInstant(),
                row.getString("activated_by"),
                row.getString("reason"));
    }

    private PolicyRef activeReference() {
        return jdbc
                .sql("SELECT name, version FROM lifecycle.policy_activation ORDER BY id DESC LIMIT 1")
                .query((row, number) -> {
                    String name = row.getString(1);
                    return name == null ? NONE : new PolicyRef(name, row.getString(2));
                })
                .stream()
                .findFirst()
                .orElse(NONE);
    }

    /** Has the thread judge by the policy that is active now, until {@link #endBatch}. */
    public void beginBatch() {
        PolicyRef reference = activeReference();
        inForce.set(reference.equals(NONE) ? Optional.empty() : Optional.of(policy(reference)));
    }

    public void endBatch() {
        inForce.remove();
    }

    @Override
    public Optional<Policy> current() {
        return inForce.get();
    }

    private Policy policy(PolicyRef reference) {
        Policy known = compiled.get(reference);
        if (known != null) {
            return known;
        }
        String document = jdbc.sql("SELECT document FROM lifecycle.policy_version WHERE name = ? AND version = ?")
                .params(reference.name(), reference.version())
                .query(String.class)
                .single();
        try {
            Policy policy = PolicyReader.read(reference.toString(), document).policy();
            compiled.put(reference, policy);
            return policy;
        } catch (RefusedDocument e) {
            throw new IllegalStateException("the saved policy %s can no longer be read".formatted(reference), e);
        }
    }
}
