package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.ComparedMetrics;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.funnel.metric.MetricsSideBySide;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.MarkSet;
import io.smarketing.lifecycle.replay.ReplayReport;
import io.smarketing.lifecycle.replay.ReplayResult;
import io.smarketing.lifecycle.replay.TimeToMark;
import io.smarketing.lifecycle.replay.Workload;
import io.smarketing.lifecycle.replay.columns.Coverage;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.standalone.terminal.Progress;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;

/** A replay over the events of a history, by the plain fold. */
final class EventsReplay implements Replayed {

    private final ReplayQuestion question;
    private final HistoryOptions.Loaded loaded;
    private final ReplayResult result;

    EventsReplay(ReplayQuestion question, HistoryOptions.Loaded loaded) {
        this.question = question;
        this.loaded = loaded;
        this.result = run(question);
    }

    private ReplayResult run(ReplayQuestion asked) {
        List<LeadHistory> leads = loaded.leads();
        try (ProgressBar progress = Progress.bar("replaying", leads.size(), " leads")) {
            return asked.plainFold().run(leads, progress::step);
        }
    }

    /** What flipped leads meant to sales. */
    static Workload workload(List<LeadResult> results, List<LeadHistory> histories) {
        List<LeadResult> flipped =
                results.stream().filter(lead -> lead.set().isFlipped()).toList();
        return Workload.of(flipped, byId(histories, flipped));
    }

    /** How soon leads are marked. */
    static TimeToMark timeToMark(List<LeadResult> results, List<LeadHistory> histories) {
        return TimeToMark.of(
                results,
                byId(
                        histories,
                        results.stream()
                                .filter(lead -> lead.set() != MarkSet.NEITHER)
                                .toList()));
    }

    /** The metrics of both sides, looked at as `lifecycle metrics` looks at each. */
    static ComparedMetrics metrics(
            ReplayQuestion question, HistoryOptions.Loaded loaded, List<Metric> metrics, Grain grain) {
        MetricsSideBySide sides = new MetricsSideBySide(question.dimension(), loaded.zone());
        try (ProgressBar progress = Progress.bar("measuring", loaded.leads().size(), " leads")) {
            sides.add(
                    loaded.leads(),
                    MetricsSideBySide.Sides.of(
                            question.baseline(), question.candidate(), question.order(), loaded.selection()),
                    progress::step);
        }
        return sides.compared(metrics, grain, loaded.asOf().isEmpty() ? null : Instant.parse(loaded.asOf()));
    }

    private static Map<String, LeadHistory> byId(List<LeadHistory> histories, List<LeadResult> leads) {
        return some(histories, leads).stream().collect(Collectors.toMap(LeadHistory::leadId, Function.identity()));
    }

    /** The histories of some leads. */
    static List<LeadHistory> some(List<LeadHistory> histories, List<LeadResult> leads) {
        Set<String> ids = new HashSet<>();
        leads.forEach(lead -> ids.add(lead.leadId()));
        return histories.stream().filter(lead -> ids.contains(lead.leadId())).toList();
    }

    @Override
    public ReplayReport report() {
        return result.report();
    }

    @Override
    public ReplayReport by(Dimension dimension) {
        return dimension.equals(question.dimension())
                ? report()
                : run(question.by(dimension)).report();
    }

    @Override
    public List<LeadResult> leads() {
        return result.leads();
    }

    @Override
    public List<LeadResult> explained(List<LeadResult> leads) {
        return leads;
    }

    @Override
    public Workload workload() {
        return workload(result.leads(), loaded.leads());
    }

    @Override
    public TimeToMark timeToMark() {
        return timeToMark(result.leads(), loaded.leads());
    }

    @Override
    public ComparedMetrics metrics(List<Metric> metrics, Grain grain) {
        return metrics(question, loaded, metrics, grain);
    }

    @Override
    public boolean namesEvents() {
        return true;
    }

    @Override
    public Coverage coverage() {
        return loaded.coverage();
    }

    @Override
    public String how() {
        return "every lead by the plain fold, event by event";
    }
}
