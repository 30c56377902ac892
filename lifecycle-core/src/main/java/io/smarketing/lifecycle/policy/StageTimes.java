package io.smarketing.lifecycle.policy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long a lead may reasonably stay in a stage; beyond it the process broke down there. Null where nothing was agreed. */
public record StageTimes(
        @Nullable Duration captured,
        @Nullable Duration mql,
        @Nullable Duration accepted,
        @Nullable Duration contacted) {

    static final StageTimes NONE = new StageTimes(null, null, null, null);
}
