package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.Replay;
import io.smarketing.lifecycle.replay.ReplayReport;
import io.smarketing.lifecycle.replay.ReplayResult;
import io.smarketing.lifecycle.replay.columns.ColumnarReplay;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.ReplayAnswer;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code replay}: what the funnel would have been, had "qualified" meant something else. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Judges a history by another policy and shows what would have been different.",
            "Facts stay, verdicts and visits are made anew; nothing is written anywhere."
        })
public final class ReplayCommand implements Callable<Integer> {

    private static final String RECORDED = "recorded";

    @Mixin
    private HistoryOptions historyOptions = new HistoryOptions();

    @Option(
            names = "--columns",
            paramLabel = "FOLDER",
            description = {
                "Instead of --history: the history as `history build` put it into columns.",
                "The same figures, far sooner; --leads takes the events themselves."
            })
    private @Nullable Path columns;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of a replay over columns; default: one a core. The figures are the same.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--policy", required = true, paramLabel = "FILE", description = "The candidate policy (YAML).")
    private Path policyFile = Path.of("");

    @Option(
            names = "--baseline",
            defaultValue = RECORDED,
            paramLabel = "FILE",
            description = "What to compare with: a policy, or '" + RECORDED
                    + "' (default), the marks that the history holds.")
    private String baseline = RECORDED;

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            description = {
                "Judge facts in order of occurrence (default) or arrival.",
                "The baseline '" + RECORDED + "' was made in order of arrival and allows no other."
            })
    private Judge.@Nullable Order order;

    @Option(
            names = "--dimension",
            defaultValue = "all",
            paramLabel = "NAME",
            description = "A funnel row per source, campaign, persona, owner or attribute; default ${DEFAULT-VALUE}.")
    private String dimensionName = "all";

    @Option(names = "--leads", description = "List every lead with its set, outcome, marks and why it flipped.")
    private boolean withLeads;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Console console = Console.of(spec);
        boolean recorded = baseline.toLowerCase(Locale.ROOT).equals(RECORDED);
        if (recorded && order == Judge.Order.OCCURRENCE) {
            throw new ParameterException(
                    console.commandLine(),
                    "--order occurrence does not go with the baseline 'recorded', which was made in order of arrival"
                            + " (leave --order out, or give a policy as --baseline)");
        }
        Policy candidate = PolicyFile.read(policyFile, console.err());
        Policy baselinePolicy = recorded ? null : PolicyFile.read(Path.of(baseline), console.err());
        Judge.Order judged = order == null ? Judge.Order.OCCURRENCE : order;
        Path folder = columns;
        if (folder == null) {
            replayFile(console, candidate, baselinePolicy, judged);
        } else {
            replayColumns(console, folder, candidate, baselinePolicy, judged);
        }
        return 0;
    }

    private void replayFile(Console console, Policy candidate, @Nullable Policy baselinePolicy, Judge.Order judged)
            throws IOException {
        HistoryOptions.Loaded loaded = historyOptions.load(console.err());
        Dimension dimension = HistoryOptions.dimension(dimensionName, loaded.leads(), candidate.dimensions());
        Replay replay = baselinePolicy == null
                ? Replay.againstRecorded(candidate, dimension, loaded.selection())
                : Replay.against(baselinePolicy, candidate, judged, dimension, loaded.selection());
        ReplayResult result;
        try (ProgressBar progress = Progress.bar("replaying", loaded.leads().size(), " leads")) {
            result = replay.run(loaded.leads(), progress::step);
        }
        print(console, result.report(), dimension, withLeads ? result.leads() : null);
    }

    private void replayColumns(
            Console console, Path folder, Policy candidate, @Nullable Policy baselinePolicy, Judge.Order judged)
            throws IOException {
        if (!historyOptions.files().isEmpty() || withLeads || threads < 1) {
            throw new ParameterException(
                    console.commandLine(),
                    threads < 1
                            ? "--threads: at least one"
                            : "--columns does not go with --history or --leads (which lists why each lead flipped, and takes the"
                                    + " events: give --history instead)");
        }
        HistoryOptions.Asked asked = historyOptions.asked();
        HistoryColumns history = HistoryCommand.open(folder);
        List<String> attributes = new ArrayList<>(history.attributes());
        attributes.addAll(candidate.dimensions());
        Dimension dimension = HistoryOptions.dimension(dimensionName, attributes);
        ReplayQuestion question =
                new ReplayQuestion(candidate, baselinePolicy, judged, asked.known(), dimension, asked.range(), false);
        ReplayAnswer answer;
        long begun = System.nanoTime();
        try (ProgressBar progress = Progress.bar("replaying", history.leads(), " leads")) {
            answer = new ColumnarReplay(history).run(question, threads, progress::stepBy, () -> false);
        }
        console.err()
                .printf(
                        Locale.ROOT,
                        "%,d facts of %,d leads judged in %,d ms; %s%n",
                        history.facts(),
                        history.leads(),
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun),
                        how(answer.statistics()));
        print(console, answer.report(), dimension, null);
    }

    /** Whoever waits for some leads longer than for others is told which. */
    private static String how(ReplayAnswer.Statistics statistics) {
        String slow = statistics.slowLeads().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry ->
                        String.format(Locale.ROOT, "%s %,d", entry.getKey().word(), entry.getValue()))
                .collect(Collectors.joining(", "));
        return slow.isEmpty() ? "all of them in columns" : "by the plain fold: " + slow;
    }

    private void print(Console console, ReplayReport report, Dimension dimension, @Nullable List<LeadResult> leads) {
        if (json) {
            console.out().println(report.toJson(leads));
        } else {
            console.out().print(ReplayTable.render(report, dimension, leads));
        }
    }
}
