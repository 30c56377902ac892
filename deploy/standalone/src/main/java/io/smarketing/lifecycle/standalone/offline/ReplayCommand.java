package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.replay.Replay;
import io.smarketing.lifecycle.replay.ReplayResult;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
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
        HistoryOptions.Loaded loaded = historyOptions.load(console.err());
        Dimension dimension = HistoryOptions.dimension(dimensionName, loaded.leads(), candidate.dimensions());
        Replay replay = baselinePolicy == null
                ? Replay.againstRecorded(candidate, dimension, loaded.selection())
                : Replay.against(
                        baselinePolicy,
                        candidate,
                        order == null ? Judge.Order.OCCURRENCE : order,
                        dimension,
                        loaded.selection());
        ReplayResult result;
        try (ProgressBar progress = Progress.bar("replaying", loaded.leads().size(), " leads")) {
            result = replay.run(loaded.leads(), progress::step);
        }
        if (json) {
            console.out().println(result.toJson(withLeads));
        } else {
            console.out().print(ReplayTable.render(result, dimension, withLeads));
        }
        return 0;
    }
}
