package io.smarketing.lifecycle.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How many leads should reach something in every period.
 *
 * @param persona whose leads count, null for all leads
 * @param target at least 1
 */
public record Goal(@Nullable String persona, Metric metric, Per per, long target) {

    public enum Metric {
        CAPTURED,
        MQL,
        ACCEPTED,
        CONTACTED,
        WON
    }

    public enum Per {
        WEEK,
        MONTH,
        QUARTER,
        YEAR
    }

    /** The word a policy writes for it. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static List<String> words(Enum<?>[] constants) {
        return Arrays.stream(constants).map(Goal::word).toList();
    }
}
