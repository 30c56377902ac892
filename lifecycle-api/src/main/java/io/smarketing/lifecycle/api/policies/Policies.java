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
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Policies as saved, none of them ever changed, and the log of what became of each: saved, shadow, active, retired. */
@Component
@DependsOn(ApiConfiguration.SCHEMA)
public class Policies implements ActivePolicy {

    /** A version's last change is its state. */
    private static final String STANDING = """
            SELECT v.name, v.version, v.document, v.saved_at, v.saved_by,
                   c.id, c.change, c.changed_at, c.changed_by, c.reason
            FROM lifecycle.policy_version v
            JOIN LATERAL (SELECT * FROM lifecycle.policy_change l WHERE l.name = v.name AND l.version = v.version
                          ORDER BY l.id DESC LIMIT 1) c ON true
            """;

    private static final PolicyRef NONE = new PolicyRef("", "");

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final int mostShadows;
    private final Map<PolicyRef, Policy> compiled = new ConcurrentHashMap<>();

    /** One batch is judged by one policy, whatever is switched meanwhile. */
    private final ThreadLocal<Optional<Policy>> inForce = ThreadLocal.withInitial(Optional::empty);

    Policies(
            JdbcClient jdbc,
            PlatformTransactionManager transactions,
            @Value("${lifecycle.policies.most-shadows:3}") int mostShadows) {
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
        this.mostShadows = mostShadows;
    }

    /** Where a version stands in its life. */
    enum State {
        /** Saved, and nothing more. */
        DRAFT,
        /** Projected beside the active one; nothing official comes of it. */
        SHADOW,
        /** Facts are judged by it. */
        ACTIVE,
        RETIRED;

        static State of(String change) {
            return change.equals("saved") ? DRAFT : valueOf(change.toUpperCase(Locale.ROOT));
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A saved version as it stands; {@code last} is what happened to it last. */
    record Version(
            PolicyRef reference,
            String document,
            Instant savedAt,
            @Nullable String savedBy,
            Change last) {

        State state() {
            return State.of(last.change());
        }
    }

    /**
     * A line of the log.
     *
     * @param change {@code saved}, {@code shadow}, {@code active} or {@code retired}
     */
    record Change(
            long number,
            String change,
            PolicyRef reference,
            Instant at,
            @Nullable String by,
            @Nullable String reason) {}

    /** What saving led to: the version is made of the text, so the same text is the same version. */
    record Saving(PolicyRef reference, boolean fresh, List<Problem> warnings) {}

    /** A change that a version's state does not allow; the message says why. */
    static final class NotPossible extends Exception {

        private static final long serialVersionUID = 1L;

        private final String mend;

        NotPossible(String message, String mend) {
            super(message);
            this.mend = mend;
        }

        String mend() {
            return mend;
        }
    }

    Saving save(String document, @Nullable String by) throws RefusedDocument {
        PolicyReader.Reading reading = PolicyReader.read("policy", document);
        PolicyRef reference = reading.policy().reference();
        boolean fresh = Boolean.TRUE.equals(transaction.execute(status -> {
            lock();
            Instant now = Instant.now();
            int rows = jdbc.sql("INSERT INTO lifecycle.policy_version (name, version, document, saved_at, saved_by)"
                            + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
                    .params(Arrays.asList(reference.name(), reference.version(), document, Timestamp.from(now), by))
                    .update();
            if (rows == 1) {
                append("saved", reference, now, by, null);
            }
            return rows == 1;
        }));
        return new Saving(reference, fresh, reading.warnings());
    }

    /** Changes are numbered in the order in which they become visible: readers of the log miss none. */
    private void lock() {
        jdbc.sql("LOCK TABLE lifecycle.policy_change IN EXCLUSIVE MODE").update();
    }

    private Change append(
            String change, PolicyRef reference, Instant at, @Nullable String by, @Nullable String reason) {
        return jdbc.sql("INSERT INTO lifecycle.policy_change (change, name, version, changed_at, changed_by, reason)"
                        + " VALUES (?, ?, ?, ?, ?, ?) RETURNING *")
                .params(Arrays.asList(change, reference.name(), reference.version(), Timestamp.from(at), by, reason))
                .query((row, number) -> change(row))
                .single();
    }

    /** All versions, the latest saved first. */
    List<Version> versions() {
        return jdbc.sql(STANDING + " ORDER BY v.saved_at DESC, v.name, v.version")
                .query((row, number) -> version(row))
                .list();
    }

    Optional<Version> version(PolicyRef reference) {
        return jdbc.sql(STANDING + " WHERE v.name = ? AND v.version = ?")
                .params(reference.name(), reference.version())
                .query((row, number) -> version(row))
                .optional();
    }

    private static Version version(ResultSet row) throws SQLException {
        return new Version(
                new PolicyRef(row.getString("name"), row.getString("version")),
                row.getString("document"),
                row.getTimestamp("saved_at").toInstant(),
                row.getString("saved_by"),
                change(row));
    }

    private static Change change(ResultSet row) throws SQLException {
        return new Change(
                row.getLong("id"),
                row.getString("change"),
                new PolicyRef(row.getString("name"), row.getString("version")),
                row.getTimestamp("changed_at").toInstant(),
                row.getString("changed_by"),
                row.getString("reason"));
    }

    /** Switches the pointer. The version that was active retires; verdicts that history holds stay. */
    Change activate(PolicyRef reference, @Nullable String by, @Nullable String reason) {
        return change(() -> {
            Instant now = Instant.now();
            PolicyRef before = activeReference();
            if (!before.equals(NONE) && !before.equals(reference)) {
                append("retired", before, now, by, "%s became active".formatted(reference));
            }
            return append("active", reference, now, by, reason);
        });
    }

    /** Has a version projected beside the active one. */
    Change shadow(PolicyRef reference, @Nullable String by, @Nullable String reason) throws NotPossible {
        Optional<Change> done = change(() -> {
            List<Version> shadows = versions().stream()
                    .filter(version -> version.state() == State.SHADOW)
                    .toList();
            Optional<Change> already = shadows.stream()
                    .filter(version -> version.reference().equals(reference))
                    .map(Version::last)
                    .findFirst();
            if (already.isPresent()) {
                return already;
            }
            return shadows.size() >= mostShadows || activeReference().equals(reference)
                    ? Optional.empty()
                    : Optional.of(append("shadow", reference, Instant.now(), by, reason));
        });
        if (done.isPresent()) {
            return done.get();
        }
        throw activeReference().equals(reference)
                ? new NotPossible(
                        "%s is the active policy".formatted(reference),
                        "its rows are those of the policy `active`; shadow another version")
                : new NotPossible(
                        "%d versions are shadows already".formatted(mostShadows),
                        "retire one of them first; each costs a projection of its own");
    }

    /** Takes a version out of use; facts are judged by none then, if it was the active one. */
    Change retire(PolicyRef reference, @Nullable String by, @Nullable String reason) {
        return change(() -> {
            Change last = version(reference).orElseThrow().last();
            return last.change().equals("retired") ? last : append("retired", reference, Instant.now(), by, reason);
        });
    }

    private <T> T change(Supplier<T> work) {
        return Objects.requireNonNull(transaction.execute(status -> {
            lock();
            return work.get();
        }));
    }

    /** What became of versions once they were saved, the latest change first. */
    List<Change> activations() {
        return jdbc.sql("SELECT * FROM lifecycle.policy_change WHERE change <> 'saved' ORDER BY id DESC")
                .query((row, number) -> change(row))
                .list();
    }

    /** Changes behind a number, in order. */
    List<Change> changesAfter(long number, int most) {
        return jdbc.sql("SELECT * FROM lifecycle.policy_change WHERE id > ? ORDER BY id LIMIT ?")
                .params(number, most)
                .query((row, place) -> change(row))
                .list();
    }

    private PolicyRef activeReference() {
        return jdbc.sql("SELECT name, version FROM lifecycle.active_policy")
                .query((row, number) -> new PolicyRef(row.getString(1), row.getString(2)))
                .optional()
                .orElse(NONE);
    }

    /** The policy that facts are judged by now; what is being written may still be judged by the one before. */
    Optional<PolicyRef> active() {
        return Optional.of(activeReference()).filter(reference -> !reference.equals(NONE));
    }

    /** Has the thread judge by the policy that is active now, until {@link #endBatch}. */
    public void beginBatch() {
        inForce.set(active().map(this::policy));
    }

    public void endBatch() {
        inForce.remove();
    }

    @Override
    public Optional<Policy> current() {
        return inForce.get();
    }

    /**
     * The active policy when no name is given; empty when there is no such version.
     *
     * @param name as {@code name@version}
     */
    public Optional<Policy> find(@Nullable String name) {
        PolicyRef wanted = name == null ? activeReference() : PolicyRef.of(name);
        return wanted.equals(NONE) || version(wanted).isEmpty() ? Optional.empty() : Optional.of(policy(wanted));
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
            Policy policy = PolicyReader.readSaved(reference, document);
            compiled.put(reference, policy);
            return policy;
        } catch (RefusedDocument e) {
            throw new IllegalStateException("the saved policy %s can no longer be read".formatted(reference), e);
        }
    }
}
