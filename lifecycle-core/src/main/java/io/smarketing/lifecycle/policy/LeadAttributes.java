package io.smarketing.lifecycle.policy;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of a lead when it is judged. */
@FunctionalInterface
public interface LeadAttributes {

    /** The names rules may read without declaring them; all are strings. */
    Map<String, AttributeType> BUILT_IN = Map.of(
            "source", AttributeType.STRING,
            "campaign", AttributeType.STRING,
            "persona", AttributeType.STRING,
            "emailDomain", AttributeType.STRING);

    /** String, Long, BigDecimal, Boolean, something that is no scalar, or null when nothing is known. */
    @Nullable Object value(String name);
}
