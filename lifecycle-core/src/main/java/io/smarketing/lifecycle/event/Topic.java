package io.smarketing.lifecycle.event;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The topics that services meet in. Names are contracts. */
public enum Topic {
    /** What emitters send; key = leadId. */
    LEAD_INTAKE("lead.intake", Duration.ofDays(7)),
    /** What was refused there, as it came, with its reason in headers. */
    DEAD_LETTERS("lead.intake.dead-letters", Duration.ofDays(30)),
    /** The event store's facts and verdicts, kept for ever; key = leadId, in sequence per lead. */
    LEAD_EVENTS("lead.events", null),
    /** Where a lead stands; compacted, key = leadId. */
    LEAD_STATE("lead.state", null),
    /** A row per stage; compacted, key = [policy, grain, bucket, dimension, value, stage]. */
    FUNNEL_STAGES("funnel.stages", null),
    /** The shared metrics; compacted, key = [policy, grain, bucket, dimension, value]. */
    FUNNEL_SHARED("funnel.shared", null),
    /** Policies as saved, each with its state; compacted, key = [name, version]. */
    POLICY_VERSIONS("policy.versions", null),
    /** Who made which version active, shadow or retired, when and why; key = policy name. */
    POLICY_ACTIVATIONS("policy.activations", null),
    /** Replays that have ended, with what they found; compacted, key = the replay's id. */
    REPLAY_RESULTS("replay.results", null);

    private final String topic;
    private final @Nullable Duration retention;

    Topic(String topic, @Nullable Duration retention) {
        this.topic = topic;
        this.retention = retention;
    }

    public String topicName() {
        return topic;
    }

    /**
     * Where the topic's contract lies on the class path: the JSON Schema of its values, with those of keys and headers as {@code
     * $defs/key} and {@code $defs/headers}.
     */
    public String schemaResource() {
        return "/schemas/" + topic + ".schema.json";
    }

    public boolean isCompacted() {
        return switch (this) {
            case LEAD_STATE, FUNNEL_STAGES, FUNNEL_SHARED, POLICY_VERSIONS, REPLAY_RESULTS -> true;
            case LEAD_INTAKE, DEAD_LETTERS, LEAD_EVENTS, POLICY_ACTIVATIONS -> false;
        };
    }

    /** How long records stay; empty for ever. */
    public Optional<Duration> retention() {
        return Optional.ofNullable(retention);
    }
}
