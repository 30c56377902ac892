package io.smarketing.lifecycle.policy;

import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What sales promised marketing for every marked lead. Null and empty where nothing was promised.
 *
 * @param acceptWithin from the mark to the acceptance or rejection
 * @param contactWithin from the acceptance to the first contact
 * @param minAttempts contacts to be tried before a lead is given up
 * @param giveUpAfter from the acceptance on
 * @param calendar when given, the periods count its opening hours only
 */
public record Sla(
        @Nullable Duration acceptWithin,
        @Nullable Duration contactWithin,
        OptionalInt minAttempts,
        @Nullable Duration giveUpAfter,
        @Nullable BusinessCalendar calendar) {

    static final Sla NONE = new Sla(null, null, OptionalInt.empty(), null, null);
}
