package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.lead.Explanation;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code policy explain}: why a lead is, or is not, qualified. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "Explains one lead of a history under a policy.",
            "Tells every rule with its points, the facts that counted, what is unknown, what is",
            "missing to the threshold, and when it was or would have been marked."
        })
final class ExplainCommand implements Callable<Integer> {

    @Mixin
    private HistoryOptions historyOptions = new HistoryOptions();

    @Option(names = "--lead", required = true, paramLabel = "ID", description = "The lead.")
    private String leadId = "";

    @Mixin
    private JudgingOptions judgingOptions = new JudgingOptions();

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description =
                    "As it stood at an instant (2026-03-01T00:00:00Z), with what was recorded by then; the lead's last"
                            + " fact if nothing is said.")
    private @Nullable String at;

    @Option(names = "--json", description = "Print the explanation as JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Console console = Console.of(spec);
        Instant instant = at == null ? Instant.MIN : instant(at);
        Judge judge = judgingOptions.judge(console.err());
        HistoryOptions.Loaded loaded = historyOptions.load(console.err());
        List<LeadHistory> leads = at == null ? loaded.leads() : loaded.history().knownAt(instant);
        Explanation explanation = leads.stream()
                .filter(lead -> lead.leadId().equals(leadId))
                .findFirst()
                .flatMap(lead -> judge.explain(lead, instant))
                .orElseThrow(() -> new WrongInput(
                        "--lead: no lead '%s' is captured in the history%s (`lifecycle verdicts` lists leads by id)"
                                .formatted(leadId, at == null ? "" : ", as known at " + at)));
        if (json) {
            console.out().println(explanation.toJson());
        } else {
            console.out().print(ExplanationTable.render(explanation));
        }
        return 0;
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new WrongInput("--at: '%s' is no instant (write 2026-03-01T09:30:00Z)".formatted(text));
        }
    }
}
