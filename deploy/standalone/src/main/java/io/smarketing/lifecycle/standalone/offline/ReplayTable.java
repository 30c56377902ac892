package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.funnel.metric.ComparedMetrics;
import io.smarketing.lifecycle.lead.Cycle.Outcome;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.replay.AfterMark;
import io.smarketing.lifecycle.replay.Flip;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.MarkSet;
import io.smarketing.lifecycle.replay.OutcomeTally;
import io.smarketing.lifecycle.replay.ReplayReport;
import io.smarketing.lifecycle.replay.Workload;
import io.smarketing.lifecycle.standalone.terminal.Bars;
import io.smarketing.lifecycle.standalone.terminal.Table;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A replay for people to read. */
final class ReplayTable {

    private ReplayTable() {}

    /**
     * The whole report.
     *
     * @param workload null where it is not known
     * @param metrics of both sides; null where none are asked for
     * @param page the leads to be listed; null for none
     */
    static String render(
            ReplayReport result,
            Dimension dimension,
            @Nullable Workload workload,
            @Nullable ComparedMetrics metrics,
            ListedLeads.@Nullable Page page) {
        StringBuilder text = new StringBuilder();
        text.append("Replay of %s leads: %s against %s, judged in order of %s\n"
                .formatted(
                        FunnelTable.count(result.leads()),
                        result.candidate(),
                        result.baseline(),
                        result.order().name().toLowerCase(Locale.ROOT)));
        text.append("\nWhat becomes of the first mark, by the outcome of the lead's first cycle\n\n");
        text.append(sets(result.sets(), result.leads()));
        long gained = result.sets().count(MarkSet.GAINED, Outcome.NEVER_WORKED);
        if (gained > 0) {
            text.append(("\n  Sales never worked %s of the gained: they would have won between none and all of them,"
                            + " nothing is imputed\n")
                    .formatted(FunnelTable.count(gained)));
        }
        long others = 0;
        for (MarkSet set : MarkSet.values()) {
            others += result.otherCycles().count(set);
        }
        if (others > 0) {
            text.append("\nLater cycles, after a rejection or loss\n\n");
            text.append(sets(result.otherCycles(), others));
        }
        if (workload != null) {
            text.append(workload(workload));
        }
        text.append("\nFunnel, baseline → candidate\n\n");
        text.append(funnels(result, dimension));
        text.append("\nAfter the mark, what sales did (median; of marks that both sides make)\n\n");
        text.append(afterMark(result, dimension));
        if (metrics != null) {
            text.append(MetricsOfSidesTable.render(metrics));
        }
        Map<MarkSet, Long> alone = result.orderAlone();
        if (alone != null) {
            text.append(
                    "\n  late facts alone: judged in order of occurrence the candidate would mark %s leads otherwise\n"
                            .formatted(FunnelTable.count(flipped(alone))));
        }
        if (!result.unknowns().isEmpty()) {
            text.append("\nRules that could not be decided, by the attribute that is missing or of another type\n\n");
            Table table = new Table().row("rule", "attribute", "leads");
            result.unknowns().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(rule -> rule.getValue()
                            .forEach((field, count) -> table.row(rule.getKey(), field, FunnelTable.count(count))));
            text.append(table.render());
        }
        if (page != null) {
            text.append("\nLeads\n\n").append(leads(page.leads()));
            if (page.next() != null) {
                text.append("\n  more of them: --after %s\n".formatted(page.next()));
            }
        }
        text.append("\n  hash %s\n".formatted(result.toJson(null).get("hash").asString()));
        return text.toString();
    }

    private static long flipped(Map<MarkSet, Long> sets) {
        return sets.entrySet().stream()
                .filter(entry -> entry.getKey().isFlipped())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private static String sets(OutcomeTally tally, long whole) {
        Table table = new Table().row("", "cycles", Bars.EMPTY, "won", "lost", "rejected", "open", "never worked");
        for (MarkSet set : MarkSet.values()) {
            table.row(
                    set.word(),
                    FunnelTable.count(tally.count(set)),
                    Bars.bar(tally.count(set), whole),
                    FunnelTable.count(tally.count(set, Outcome.WON)),
                    FunnelTable.count(tally.count(set, Outcome.LOST)),
                    FunnelTable.count(tally.count(set, Outcome.REJECTED)),
                    FunnelTable.count(tally.count(set, Outcome.OPEN)),
                    FunnelTable.count(tally.count(set, Outcome.NEVER_WORKED)));
        }
        return table.render().replaceFirst(" " + Bars.EMPTY + "(?= {2,})", "  ");
    }

    private static String funnels(ReplayReport result, Dimension dimension) {
        Table table =
                new Table().row(dimension.name(), "captured", "MQL", "accepted", "contacted", "won", "median to MQL");
        Map<Optional<String>, FunnelRow> baseline = new HashMap<>();
        result.baselineRows().forEach(row -> baseline.put(Optional.ofNullable(row.value()), row));
        for (FunnelRow after : result.candidateRows()) {
            FunnelRow before = baseline.get(Optional.ofNullable(after.value()));
            if (before != null) {
                table.row(
                        after.value() == null ? "(missing)" : after.value(),
                        FunnelTable.count(after.stage(Stage.CAPTURED).reached()),
                        change(before, after, Stage.MQL),
                        change(before, after, Stage.ACCEPTED),
                        change(before, after, Stage.CONTACTED),
                        change(before, after, Stage.WON),
                        FunnelTable.days(before.stage(Stage.CAPTURED)
                                        .timeInStage()
                                        .p50())
                                + " → "
                                + FunnelTable.days(after.stage(Stage.CAPTURED)
                                        .timeInStage()
                                        .p50()));
            }
        }
        return table.render() + "\n  entered each stage; what sales did, it did under the old rule\n";
    }

    private static String afterMark(ReplayReport result, Dimension dimension) {
        Table table = new Table().row(dimension.name(), "kept", "answered", "contacted", "won", "not observed");
        for (AfterMark row : result.afterMark()) {
            table.row(
                    row.value() == null ? "(missing)" : row.value(),
                    FunnelTable.count(row.kept()),
                    median(row.answered()),
                    median(row.contacted()),
                    median(row.won()),
                    FunnelTable.count(row.earlier() + row.later() + row.gained()));
        }
        return table.render() + "\n  not observed: earlier, later and gained marks, under which nobody worked\n";
    }

    private static String median(FunnelRow.Times times) {
        return times.n() == 0 ? "–" : "%s: %s".formatted(FunnelTable.count(times.n()), FunnelTable.days(times.p50()));
    }

    private static String change(FunnelRow before, FunnelRow after, Stage stage) {
        return FunnelTable.count(before.stage(stage).entered())
                + " → "
                + FunnelTable.count(after.stage(stage).entered());
    }

    private static String workload(Workload workload) {
        StringBuilder text =
                new StringBuilder("\nWhat that would have meant to sales, which worked under the old rule\n\n");
        text.append("  dropped: %s contacts were spent on %s leads, %s of them were won"
                .formatted(
                        FunnelTable.count(workload.contacts()),
                        FunnelTable.count(workload.dropped()),
                        FunnelTable.count(workload.won())));
        String revenue = workload.revenue().entrySet().stream()
                .map(sum ->
                        "%,.2f %s".formatted(sum.getValue(), sum.getKey() == null ? "in no currency" : sum.getKey()))
                .collect(Collectors.joining(", "));
        if (!revenue.isEmpty()) {
            text.append(" and brought ").append(revenue);
        }
        if (workload.wonWithoutAmount() > 0) {
            text.append(", %s without an amount".formatted(FunnelTable.count(workload.wonWithoutAmount())));
        }
        text.append("\n  earlier: %s leads, sooner by %s (median)\n"
                .formatted(
                        FunnelTable.count(workload.sooner().n()),
                        FunnelTable.days(workload.sooner().median())));
        text.append("  later: %s leads, later by %s (median)\n"
                .formatted(
                        FunnelTable.count(workload.later().n()),
                        FunnelTable.days(workload.later().median())));
        return text.toString();
    }

    private static String leads(List<LeadResult> leads) {
        Table table = new Table()
                .texts(1, 2, 3, 4, 5, 6, 7)
                .row("lead", "set", "outcome", "baseline mark", "candidate mark", "fact", "at", "because");
        for (LeadResult lead : leads) {
            Flip because = lead.because();
            table.row(
                    lead.leadId(),
                    lead.set().word(),
                    lead.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    instant(lead.baselineMark()),
                    instant(lead.candidateMark()),
                    because == null ? "" : fact(because.event()),
                    because == null ? "" : because.at(),
                    because == null ? "" : because.explanation());
        }
        return table.render();
    }

    private static String fact(@Nullable EventId event) {
        return event == null ? "–" : event.id() + " of " + event.source();
    }

    private static String instant(@Nullable Instant instant) {
        return instant == null ? "–" : instant.toString();
    }
}
