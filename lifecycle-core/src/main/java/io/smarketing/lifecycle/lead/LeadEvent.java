package io.smarketing.lifecycle.lead;

import io.smarketing.lifecycle.policy.Contribution;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can stand in a lead's history. Facts are what happened, verdicts are what a policy (or another system)
 * made of it, markers ask for a verdict.
 *
 * <p>Attribute values are String, Long (any number without fraction that fits), BigDecimal, Boolean, {@link Composite} or
 * null, which erases.
 */
public sealed interface LeadEvent {

    sealed interface Fact extends LeadEvent {}

    sealed interface Verdict extends LeadEvent {}

    sealed interface Marker extends LeadEvent {}

    /** The lead came to be known. */
    record Captured(
            @Nullable String source,
            @Nullable String campaign,
            @Nullable String persona,
            Map<String, @Nullable Object> attributes,
            @Nullable Contact contact,
            @Nullable Money cost)
            implements Fact {}

    record Enriched(
            Map<String, @Nullable Object> attributes,
            @Nullable Contact contact) implements Fact {}

    /**
     * The lead did something, {@code count} times.
     *
     * @param asset the content's id
     */
    record Activity(String activity, @Nullable String asset, int count) implements Fact {}

    record Accepted(@Nullable String by) implements Fact {}

    record Rejected(@Nullable String by, @Nullable String reason) implements Fact {}

    /** Sales tried to reach the lead. */
    record Contacted(
            @Nullable String by,
            @Nullable String channel,
            @Nullable String outcome) implements Fact {

        /** The outcome of an attempt that got through. */
        public static final String REACHED = "reached";
    }

    record Won(@Nullable BigDecimal amount, @Nullable String currency) implements Fact {}

    record Lost(@Nullable String by, @Nullable String reason) implements Fact {}

    /** An event of the same lead was a mistake: it leaves the fold and stays in history. */
    record Voided(
            EventId event, @Nullable String by, @Nullable String reason) implements Fact {}

    /** Personal data was destroyed. */
    record Erased() implements Fact {}

    /**
     * A score or a disqualification changed. The engine's scores are whole numbers, other systems' need not be.
     *
     * @param disqualified the reason, or null
     * @param policy null when another system scored
     */
    record Scored(
            @Nullable BigDecimal score,
            @Nullable BigDecimal fit,
            @Nullable BigDecimal engagement,
            @Nullable String disqualified,
            @Nullable BigDecimal previous,
            @Nullable PolicyRef policy,
            List<Contribution> contributions)
            implements Verdict {}

    /**
     * The lead qualified.
     *
     * @param policy null when another system marked
     */
    record MarkedMql(@Nullable BigDecimal score, @Nullable PolicyRef policy) implements Verdict {

        public boolean isExternal() {
            return policy == null;
        }
    }

    /** An extra evaluation instant, made by a rescore job. */
    record Rescored(@Nullable PolicyRef policy) implements Marker {}

    /** What an event says of its lead's attributes. */
    static Map<String, @Nullable Object> attributesOf(LeadEvent event) {
        if (event instanceof Captured captured) {
            return captured.attributes();
        }
        return event instanceof Enriched enriched ? enriched.attributes() : Map.of();
    }

    /** Without personal data, which no rule may read. */
    static LeadEvent withoutContact(LeadEvent event) {
        if (event instanceof Captured captured) {
            return new Captured(
                    captured.source(),
                    captured.campaign(),
                    captured.persona(),
                    captured.attributes(),
                    null,
                    captured.cost());
        }
        return event instanceof Enriched enriched ? new Enriched(enriched.attributes(), null) : event;
    }

    /** Personal data: open while it comes in and when it is shown, sealed in between. */
    sealed interface Contact {

        record Open(
                @Nullable String email,
                @Nullable String name,
                @Nullable String phone,
                @Nullable String company) implements Contact {}

        /**
         * As it is stored and as it travels.
         *
         * @param ciphertext Base64, under the lead's own key
         */
        record Sealed(String ciphertext) implements Contact {}
    }

    record Money(@Nullable BigDecimal amount, @Nullable String currency) {}

    /** A list or an object where a scalar belongs: kept as it came, judged unknown. */
    record Composite(String json) {}
}
