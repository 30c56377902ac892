package io.smarketing.lifecycle.policy;

import java.util.List;

/** What marketing and sales agreed beside who qualifies. */
record Agreement(StageTimes stages, Sla sla, List<String> rejectionReasons, List<Goal> goals) {}
