package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.ComparedMetrics;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.ReplayReport;
import io.smarketing.lifecycle.replay.TimeToMark;
import io.smarketing.lifecycle.replay.Workload;
import io.smarketing.lifecycle.replay.columns.ColumnarReplay;
import io.smarketing.lifecycle.replay.columns.Coverage;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.LeadsInColumns;
import io.smarketing.lifecycle.replay.columns.ReplayAnswer;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.standalone.terminal.Progress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;

/** A replay over columns. What columns do not hold is taken from the events they were made from, where these are beside. */
final class ColumnsReplay implements Replayed {

    private final HistoryColumns history;
    private final ReplayQuestion question;
    private final int threads;
    private final HistoryOptions.@Nullable Loaded events;
    private final ReplayAnswer answer;
    private final long millis;

    /**
     * Replays.
     *
     * @param events of the same history; null for none
     */
    ColumnsReplay(
            HistoryColumns history, ReplayQuestion question, int threads, HistoryOptions.@Nullable Loaded events) {
        this.history = history;
        this.question = question;
        this.threads = threads;
        this.events = events;
        long begun = System.nanoTime();
        this.answer = run(question);
        this.millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    private ReplayAnswer run(ReplayQuestion asked) {
        try (ProgressBar progress = Progress.bar("replaying", history.leads(), " leads")) {
            return new ColumnarReplay(history).run(asked, threads, progress::stepBy, () -> false);
        }
    }

    /** What was judged how fast, for whoever waited. */
    String speed() {
        return String.format(
                Locale.ROOT,
                "%,d facts of %,d leads judged in %,d ms; %s",
                history.facts(),
                history.leads(),
                millis,
                how());
    }

    @Override
    public ReplayReport report() {
        return answer.report();
    }

    @Override
    public ReplayReport by(Dimension dimension) {
        if (dimension.equals(question.dimension())) {
            return report();
        }
        return run(question.by(dimension)).report();
    }

    @Override
    public List<LeadResult> leads() {
        return answer.leads();
    }

    @Override
    public List<LeadResult> explained(List<LeadResult> leads) {
        if (events != null) {
            return question.plainFold()
                    .run(EventsReplay.some(events.leads(), leads), () -> {})
                    .leads();
        }
        return new LeadsInColumns(history)
                .explained(question, leads.stream().map(LeadResult::leadId).collect(Collectors.toSet()));
    }

    @Override
    public @Nullable Workload workload() {
        return events == null ? null : EventsReplay.workload(answer.leads(), events.leads());
    }

    @Override
    public @Nullable TimeToMark timeToMark() {
        return events == null ? null : EventsReplay.timeToMark(answer.leads(), events.leads());
    }

    @Override
    public @Nullable ComparedMetrics metrics(List<Metric> metrics, Grain grain) {
        return events == null ? null : EventsReplay.metrics(question, events, metrics, grain);
    }

    @Override
    public boolean namesEvents() {
        return events != null;
    }

    @Override
    public Coverage coverage() {
        return history.coverage();
    }

    /** Whoever waits for some leads longer than for others is told which. */
    @Override
    public String how() {
        String slow = answer.statistics().slowLeads().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry ->
                        String.format(Locale.ROOT, "%s %,d", entry.getKey().word(), entry.getValue()))
                .collect(Collectors.joining(", "));
        return slow.isEmpty() ? "all of them in columns" : "by the plain fold: " + slow;
    }
}
