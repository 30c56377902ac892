package io.smarketing.lifecycle.api.policies;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.policy.PolicyRef;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class PolicyAnnouncerTest {

    private static final Instant AT = Instant.parse("2026-04-02T08:00:00Z");
    private static final PolicyRef POLICY = new PolicyRef("b2b-default", "43dab6f5b98b");

    @Test
    void whatIsSaidIsAnnouncedAsItIs() {
        ObjectNode json =
                PolicyAnnouncer.announcement(new Policies.Change(7, "active", POLICY, AT, "ann", "agreed in April"));

        assertThat(json)
                .isEqualTo(PoliciesController.json(
                        new Policies.Change(7, "active", POLICY, AT, "ann", "agreed in April")));
        assertThat(PolicyAnnouncer.announcement(new Policies.Change(7, "active", POLICY, AT, null, null))
                        .get("reason")
                        .isNull())
                .isTrue();
    }

    @Test
    void whatWasSaidAtAnyLengthBeforeThereWereLimitsIsAnnouncedByItsBeginning() {
        Policies.Change change =
                new Policies.Change(7, "active", POLICY, AT, "a".repeat(300), "\uD83D\uDE00".repeat(3_000_000));

        ObjectNode json = PolicyAnnouncer.announcement(change);
        ObjectNode version = PolicyAnnouncer.announcement(
                new Policies.Version(POLICY, "name: b2b-default", AT, "b".repeat(300), change));

        assertThat(json.get("by").stringValue()).isEqualTo("a".repeat(200) + "…");
        assertThat(json.get("reason").stringValue()).isEqualTo("\uD83D\uDE00".repeat(2_000) + "…");
        assertThat(version.get("savedBy").stringValue()).isEqualTo("b".repeat(200) + "…");
        assertThat(version.toString().length()).isLessThan(10_000);
    }
}
