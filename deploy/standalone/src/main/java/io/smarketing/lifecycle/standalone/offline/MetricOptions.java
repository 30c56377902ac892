package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.Measurement;
import io.smarketing.lifecycle.funnel.metric.MetricCube;
import io.smarketing.lifecycle.funnel.metric.MetricDefinition;
import io.smarketing.lifecycle.funnel.metric.MetricHead;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.policy.Period;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.Progress;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every metric takes. */
final class MetricOptions {

    @Mixin
    private HistoryOptions historyOptions = new HistoryOptions();

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "Judge by this policy (YAML); without one the marks that the history holds count.")
    private @Nullable Path policyFile;

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            description = "With a policy: judge facts in order of occurrence (default) or arrival.")
    private Judge.@Nullable Order order;

    @Option(
            names = "--dimension",
            defaultValue = "all",
            paramLabel = "NAME",
            description = "Rows per source, campaign, persona, owner or attribute; default ${DEFAULT-VALUE}.")
    private String dimensionName = "all";

    @Option(
            names = "--grain",
            defaultValue = "ALL",
            paramLabel = "GRAIN",
            description = "Rows per day, week (ISO), month in the zone, or all of time in one; default all.")
    private Grain grain = Grain.ALL;

    @Option(
            names = "--as-of",
            paramLabel = "TIME",
            description = {
                "Look at open visits and windows at this instant, or the end of this date;",
                "default: --as-known-at, else the last recording."
            })
    private @Nullable String asOf;

    @Option(names = "--json", description = "Print JSON: flat rows under a head.")
    private boolean json;

    @Option(names = "--csv", description = "Print the rows as CSV.")
    private boolean csv;

    /** A history as it is to be measured. */
    record Loaded(
            HistoryOptions.Loaded history,
            Dimension dimension,
            @Nullable Judge judge,
            Grain grain,
            Instant knownAt,
            Instant asOf) {

        Loaded by(Grain other) {
            return new Loaded(history, dimension, judge, other, knownAt, asOf);
        }

        /** Whose marks count. */
        String policy() {
            return judge == null
                    ? MetricHead.RECORDED
                    : judge.policy().reference().toString();
        }

        MetricHead head(MetricDefinition definition) {
            return new MetricHead(
                    policy(), knownAt, asOf, history.history().counts().stored(), definition, grain, dimension);
        }
    }

    Loaded load(PrintWriter err) throws IOException {
        if (policyFile == null && order != null) {
            throw new WrongInput("--order goes with --policy: without one, the marks of the history count");
        }
        if (json && csv) {
            throw new WrongInput("--json and --csv exclude each other (leave one out)");
        }
        Policy policy = policyFile == null ? null : PolicyFile.read(policyFile, err);
        HistoryOptions.Loaded history = historyOptions.load(err);
        Dimension dimension = HistoryOptions.dimension(
                dimensionName, history.leads(), policy == null ? Set.of() : policy.dimensions());
        Instant known = history.asOf().isEmpty() ? Instant.EPOCH : Instant.parse(history.asOf());
        Instant at = asOf == null ? known : historyOptions.endOf("--as-of", asOf);
        if (at.isBefore(known)) {
            throw new WrongInput("--as-of %s lies before what is known, up to %s (say --as-known-at to know less)"
                    .formatted(asOf, known));
        }
        return new Loaded(history, dimension, judge(policy), grain, known, at);
    }

    /** A bucket says by itself whether it is a day, a week or a month. */
    void refuseOtherGrain(Console console, Bucket bucket) {
        boolean given = console.commandLine().getParseResult().hasMatchedOption("--grain");
        if (given && grain != bucket.grain()) {
            throw new WrongInput("--bucket %s is a %s, not a %s (leave --grain out)"
                    .formatted(
                            bucket.label(),
                            bucket.grain().name().toLowerCase(Locale.ROOT),
                            grain.name().toLowerCase(Locale.ROOT)));
        }
    }

    private @Nullable Judge judge(@Nullable Policy policy) {
        return policy == null ? null : new Judge(policy, order == null ? Judge.Order.OCCURRENCE : order);
    }

    /** Another policy, judged in the same order; null for the marks of the history. */
    @Nullable Judge otherJudge(String file, PrintWriter err) {
        return file.equalsIgnoreCase("recorded") ? null : judge(PolicyFile.read(Path.of(file), err));
    }

    Instant endOf(String option, String text) {
        return historyOptions.endOf(option, text);
    }

    boolean json() {
        return json;
    }

    boolean csv() {
        return csv;
    }

    /** All leads that are selected, added up. */
    static MetricCube cube(Loaded loaded, MetricDefinition definition) {
        List<LeadHistory> leads = loaded.history().leads();
        Judge judge = loaded.judge();
        Measurement measurement = new Measurement(
                loaded.dimension(),
                definition,
                judge == null ? lead -> Marks.recorded() : Measurement.by(judge),
                loaded.history().selection());
        try (ProgressBar progress = Progress.bar("measuring", leads.size(), " leads")) {
            return measurement.of(leads, progress::step);
        }
    }

    /** Periods longer than nothing. */
    static List<Duration> periods(String option, List<String> texts) {
        List<Duration> periods = new ArrayList<>();
        for (String text : texts) {
            periods.add(Period.parse(text)
                    .filter(period -> !period.isZero())
                    .orElseThrow(() -> new WrongInput(
                            "%s: '%s' is no period longer than nothing (write days, hours or minutes as P30D, PT24H, PT5M)"
                                    .formatted(option, text))));
        }
        return periods;
    }
}
