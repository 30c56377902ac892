package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.history.RecordedReader;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.smarketing.lifecycle.replay.Audit;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.Progress;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import tools.jackson.databind.node.ObjectNode;

/** {@code replay --audit}: whether stored facts, judged again as they were judged, give the verdicts stored beside them. */
final class AuditRun {

    private static final int SHOWN_LINES = 20;

    private final Console console;
    private final HistoryFiles files;
    private final Map<PolicyRef, Policy> policies = new HashMap<>();
    private long unreadable;

    AuditRun(Console console, HistoryFiles files, List<Path> policyFiles) {
        this.console = console;
        this.files = files;
        for (Path file : policyFiles) {
            Policy policy = PolicyFile.read(file, console.err());
            policies.put(policy.reference(), policy);
        }
    }

    /** Tells what it found; exit code 1 when something does not hold. */
    int run(boolean json) {
        RecordedReader reader = new RecordedReader(this::tell);
        files.readBy(reader::read, new ReadBytes());
        List<LeadHistory> leads = reader.leads();
        SortedSet<String> judges = judges(leads);
        if (judges.isEmpty()) {
            throw new WrongInput(
                    "nothing in the history was judged by an engine, so there is nothing to audit (give the events as an engine"
                            + " stored them, with `judgedby`: docs/replay.md says how to get them)");
        }
        policies.keySet().forEach(policy -> judges.remove(policy.toString()));
        if (!judges.isEmpty()) {
            throw new WrongInput(
                    "facts were judged by %s, which --policy does not give (it may be given several times; an engine tells a policy at /v1/policies/NAME/VERSION)"
                            .formatted(String.join(", ", judges)));
        }
        Audit.Result result;
        try (ProgressBar progress = Progress.bar("auditing", leads.size(), " leads")) {
            result = new Audit(reference -> Optional.ofNullable(policies.get(reference))).run(leads, progress::step);
        }
        if (json) {
            ObjectNode answer = result.toJson();
            answer.put("unreadableLines", unreadable);
            console.out().println(answer);
        } else {
            print(result);
        }
        return result.mismatched() == 0 && unreadable == 0 ? 0 : 1;
    }

    private void tell(RecordedReader.Unreadable line) {
        if (files.isStrict()) {
            throw new WrongInput(line + "\nstopped at the first line that cannot be read, as --strict says");
        }
        unreadable++;
        if (unreadable <= SHOWN_LINES) {
            console.err().println(line);
        } else if (unreadable == SHOWN_LINES + 1) {
            console.err().println("… further lines that cannot be read are counted only");
        }
    }

    private static SortedSet<String> judges(List<LeadHistory> leads) {
        return leads.stream()
                .flatMap(lead -> lead.entries().stream())
                .flatMap(entry -> Stream.ofNullable(entry.judgedBy()))
                .map(PolicyRef::toString)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void print(Audit.Result result) {
        for (Audit.Mismatch mismatch : result.mismatches()) {
            console.out()
                    .println("lead %s, event %d: %s"
                            .formatted(mismatch.leadId(), mismatch.sequence(), mismatch.explanation()));
        }
        if (result.mismatched() > result.mismatches().size()) {
            console.out()
                    .printf(
                            Locale.ROOT,
                            "… and %,d leads more%n",
                            result.mismatched() - result.mismatches().size());
        }
        console.out()
                .printf(
                        Locale.ROOT,
                        "%,d verdicts of %,d leads judged again: %s%s%n",
                        result.verdicts(),
                        result.leads(),
                        result.mismatched() == 0
                                ? "all as they are recorded"
                                : String.format(
                                        Locale.ROOT, "leads whose record does not hold: %,d", result.mismatched()),
                        unreadable == 0
                                ? ""
                                : String.format(
                                        Locale.ROOT, "; %,d lines cannot be read and prove nothing", unreadable));
    }
}
