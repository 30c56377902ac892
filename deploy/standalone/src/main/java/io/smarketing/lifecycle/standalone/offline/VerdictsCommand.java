package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.event.EventType;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.Judgement;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.standalone.terminal.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code verdicts}: every verdict a policy comes to, as JSON lines. */
@Command(
        name = "verdicts",
        mixinStandardHelpOptions = true,
        description = {
            "Prints every verdict of a policy over a history, one JSON object a line.",
            "Each has leadId, type (scored, marked-mql), at, score, disqualified ({reason} or null).",
            "Leads are ordered by id, a lead's verdicts as they were made."
        })
public final class VerdictsCommand implements Callable<Integer> {

    @Mixin
    private HistoryOptions historyOptions = new HistoryOptions();

    @Mixin
    private JudgingOptions judgingOptions = new JudgingOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Console console = Console.of(spec);
        Judge judge = judgingOptions.judge(console.err());
        HistoryOptions.Loaded loaded = historyOptions.load(console.err());
        PrintWriter out = console.out();
        // In chunks: judged by all cores, printed in order, never all in memory.
        List<LeadHistory> leads = loaded.leads();
        int chunk = 10_000;
        for (int start = 0; start < leads.size(); start += chunk) {
            leads.subList(start, Math.min(leads.size(), start + chunk)).parallelStream()
                    .filter(loaded::isSelected)
                    .map(lead -> judge.judge(lead).judgements().stream()
                            .flatMap(judgement -> lines(lead.leadId(), judgement))
                            .toList())
                    .toList()
                    .forEach(lines -> lines.forEach(out::println));
        }
        return 0;
    }

    private static Stream<ObjectNode> lines(String leadId, Judgement judgement) {
        Stream<ObjectNode> scored =
                judgement.scored() ? Stream.of(line(leadId, EventType.SCORED, judgement)) : Stream.empty();
        Stream<ObjectNode> marked =
                judgement.marked() ? Stream.of(line(leadId, EventType.MARKED_MQL, judgement)) : Stream.empty();
        return Stream.concat(scored, marked);
    }

    private static ObjectNode line(String leadId, EventType type, Judgement judgement) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("leadId", leadId);
        line.put("type", type.word());
        line.put("at", judgement.at().toString());
        line.put("score", judgement.evaluation().score());
        String reason = judgement.evaluation().disqualified();
        if (reason == null) {
            line.putNull("disqualified");
        } else {
            line.putObject("disqualified").put("reason", reason);
        }
        return line;
    }
}
