package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.policy.PolicyRef;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The policies of the write side, read only. */
@Component
class StoredPolicies implements Policies {

    private final JdbcClient jdbc;

    StoredPolicies(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Optional<PolicyRef> active() {
        return jdbc.sql("SELECT name, version FROM lifecycle.active_policy")
                .query((row, number) -> new PolicyRef(row.getString("name"), row.getString("version")))
                .optional();
    }

    @Override
    public boolean isShadow(PolicyRef reference) {
        return jdbc.sql(
                        "SELECT change FROM lifecycle.policy_change WHERE name = ? AND version = ? ORDER BY id DESC LIMIT 1")
                .params(reference.name(), reference.version())
                .query(String.class)
                .optional()
                .filter("shadow"::equals)
                .isPresent();
    }

    @Override
    public Optional<String> document(PolicyRef reference) {
        return jdbc.sql("SELECT document FROM lifecycle.policy_version WHERE name = ? AND version = ?")
                .params(reference.name(), reference.version())
                .query(String.class)
                .optional();
    }

    @Override
    public List<PolicyRef> versions(String name) {
        return jdbc.sql("SELECT name, version FROM lifecycle.policy_version WHERE name = ? ORDER BY saved_at DESC")
                .params(name)
                .query((row, number) -> new PolicyRef(row.getString("name"), row.getString("version")))
                .list();
    }
}
