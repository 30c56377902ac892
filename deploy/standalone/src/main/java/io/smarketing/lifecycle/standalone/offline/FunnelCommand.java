package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Funnel;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code funnel}: what the leads of a history add up to. */
@Command(
        name = "funnel",
        mixinStandardHelpOptions = true,
        description = {
            "Shows the funnel of a history: stages entered and left, times in them, outcomes.",
            "Without a policy the marks that the history holds count; with one, leads are judged anew."
        })
public final class FunnelCommand implements Callable<Integer> {

    @Mixin
    private HistoryOptions historyOptions = new HistoryOptions();

    @Option(names = "--policy", paramLabel = "FILE", description = "Judge by this policy (YAML).")
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
            description = "A row per source, campaign, persona, owner or attribute; default ${DEFAULT-VALUE}.")
    private String dimensionName = "all";

    @Option(names = "--json", description = "Print the funnel answer as JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Console console = Console.of(spec);
        if (policyFile == null && order != null) {
            throw new ParameterException(
                    console.commandLine(), "--order goes with --policy: without one, the marks of the history count");
        }
        Policy policy = policyFile == null ? null : PolicyFile.read(policyFile, console.err());
        HistoryOptions.Loaded loaded = historyOptions.load(console.err());
        Dimension dimension = HistoryOptions.dimension(
                dimensionName, loaded.leads(), policy == null ? Set.of() : policy.dimensions());
        Funnel funnel = fold(loaded, policy, dimension);
        if (json) {
            ObjectNode answer = JsonNodeFactory.instance.objectNode();
            answer.put(
                    "policy", policy == null ? "recorded" : policy.reference().toString());
            answer.put("asOf", loaded.asOf().isEmpty() ? null : loaded.asOf());
            answer.put("logPosition", loaded.history().counts().stored());
            answer.put("zone", loaded.zone().toString());
            answer.put("dimension", dimension.name());
            answer.set("rows", Funnel.toJson(funnel.rows()));
            console.out().println(answer);
        } else {
            String marks = policy == null ? "the marks of the history" : "policy " + policy.reference();
            console.out().print(FunnelTable.render(funnel.rows(), dimension, marks));
        }
        return 0;
    }

    private Funnel fold(HistoryOptions.Loaded loaded, @Nullable Policy policy, Dimension dimension) {
        List<LeadHistory> leads = loaded.leads();
        Judge judge = policy == null ? null : new Judge(policy, order == null ? Judge.Order.OCCURRENCE : order);
        try (ProgressBar progress = Progress.bar("folding", leads.size(), " leads")) {
            return leads.parallelStream()
                    .collect(
                            () -> new Funnel(dimension),
                            (partial, lead) -> {
                                Marks marks = judge == null
                                        ? Marks.recorded()
                                        : judge.judge(lead).marks();
                                LeadFold.of(lead, marks)
                                        .filter(loaded.selection())
                                        .ifPresent(partial::add);
                                progress.step();
                            },
                            Funnel::merge);
        }
    }
}
