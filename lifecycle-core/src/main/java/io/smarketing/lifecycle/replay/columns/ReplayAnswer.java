package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.ReplayReport;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a replay over columns found.
 *
 * @param leads in order of their ids, without why they flipped; empty when they were not asked for
 */
public record ReplayAnswer(ReplayReport report, List<LeadResult> leads, Statistics statistics) {

    public ReplayAnswer {
        leads = List.copyOf(leads);
    }

    /**
     * How it was found.
     *
     * @param kernelLeads judged by integers
     * @param knownLeads of these, the ones whose marks an earlier replay had found
     * @param slowLeads judged by the plain fold, by why
     */
    public record Statistics(long kernelLeads, long knownLeads, Map<Slow, Long> slowLeads) {

        public Statistics {
            slowLeads = Map.copyOf(slowLeads);
        }

        public long slow() {
            return slowLeads.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** As the plain fold's result has it. */
    public ObjectNode toJson(boolean withLeads) {
        return report.toJson(withLeads ? leads : null);
    }
}
