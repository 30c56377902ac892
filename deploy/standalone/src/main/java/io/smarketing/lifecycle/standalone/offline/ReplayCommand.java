package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.metric.ComparedMetrics;
import io.smarketing.lifecycle.funnel.metric.TooManyBuckets;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.MarkSet;
import io.smarketing.lifecycle.replay.TimeToMark;
import io.smarketing.lifecycle.replay.Workload;
import io.smarketing.lifecycle.replay.columns.Coverage;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.standalone.report.ReplayPage;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.WholeFile;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code replay}: what the funnel would have been, had "qualified" meant something else. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Judges a history by another policy and shows what would have been different.",
            "Facts stay, verdicts and visits are made anew; no history is changed.",
            "With --audit: whether what an engine stored proves its verdicts."
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 the audit found a difference, 2 wrong usage or input.",
            "",
            "What would be an MQL, by the marks of the history, as a page for a browser:",
            "  lifecycle replay --history history.jsonl --policy new.yaml --html report.html",
            "One policy against another, source by source, over columns:",
            "  lifecycle history build --history history.jsonl --out columns",
            "  lifecycle replay --columns columns --policy new.yaml --baseline old.yaml \\",
            "    --dimension source",
            "Which leads are gained or dropped and why, a hundred at a time:",
            "  lifecycle replay --history history.jsonl --policy new.yaml \\",
            "    --leads gained,dropped --page-size 100 --after L-0000815 --json",
            "The same over columns; the events beside name the facts:",
            "  lifecycle replay --columns columns --history history.jsonl \\",
            "    --policy new.yaml --leads flipped --page-size 100",
            "Conversion and quality under both policies, month by month:",
            "  lifecycle replay --history history.jsonl --policy new.yaml --baseline old.yaml \\",
            "    --metrics conversion,quality --grain month",
            "Whether the verdicts in a dump of an engine's store hold:",
            "  lifecycle replay --audit --history stored.jsonl --policy active.yaml"
        })
public final class ReplayCommand implements Callable<Integer> {

    private static final String RECORDED = "recorded";
    private static final String ALL = "all";

    @Mixin
    private HistoryOptions historyOptions = new HistoryOptions();

    @Option(
            names = "--columns",
            paramLabel = "FOLDER",
            description = {
                "The history as `history build` put it into columns: the same figures, far sooner.",
                "With --history beside, what columns do not hold is taken from there: amounts, and which events made leads flip."
            })
    private @Nullable Path columns;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of a replay over columns; default: one a core. The figures are the same.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--policy",
            required = true,
            paramLabel = "FILE",
            description =
                    "The candidate policy (YAML). With --audit, each policy that judged: may be given several times.")
    private List<Path> policyFiles = List.of();

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
            defaultValue = ALL,
            paramLabel = "NAME",
            description = "A funnel row per source, campaign, persona, owner or attribute; default ${DEFAULT-VALUE}.")
    private String dimensionName = ALL;

    @Mixin
    private ListedLeads listed = new ListedLeads();

    @Mixin
    private MetricsOfSides metricsOfSides = new MetricsOfSides();

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write the report as a page too: one file with charts, for a browser without a network.")
    private @Nullable Path html;

    @Option(
            names = "--flips",
            paramLabel = "N",
            defaultValue = "20",
            description =
                    "How many leads of each set that flipped the page lists, with the reason; default ${DEFAULT-VALUE}.")
    private int flips = 20;

    @Option(
            names = "--audit",
            description = {
                "Judge what an engine stored again, each fact by the policy that judged it (--policy), and compare.",
                "Exit code 1 and the lead's id when a verdict is not reproduced."
            })
    private boolean audit;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Console console = Console.of(spec);
        check(console);
        if (audit) {
            return new AuditRun(console, historyOptions.historyFiles(), policyFiles).run(json);
        }
        Path candidateFile = policyFiles.get(0);
        Policy candidate = PolicyFile.read(candidateFile, console.err());
        Policy baselinePolicy = isRecorded() ? null : PolicyFile.read(Path.of(baseline), console.err());
        Path page = html;
        refuseOverwriting();
        if (page == null) {
            Replayed replayed = replay(console, candidate, baselinePolicy);
            print(console, replayed, metrics(replayed));
            return 0;
        }
        try (WholeFile file = WholeFile.at(page)) {
            Replayed replayed = replay(console, candidate, baselinePolicy);
            ComparedMetrics metrics = metrics(replayed);
            print(console, replayed, metrics);
            file.out().write(page(replayed, metrics, candidate, baselinePolicy).getBytes(StandardCharsets.UTF_8));
            file.complete();
        }
        console.err().printf(Locale.ROOT, "the report is in %s (%,d KiB)%n", page, (Files.size(page) + 1023) >> 10);
        return 0;
    }

    private boolean isGiven(String... options) {
        CommandLine.ParseResult given =
                Objects.requireNonNull(spec).commandLine().getParseResult();
        return Stream.of(options).anyMatch(given::hasMatchedOption);
    }

    private boolean isRecorded() {
        return baseline.toLowerCase(Locale.ROOT).equals(RECORDED);
    }

    /** What does not go together is told before any work is done. */
    private void check(Console console) {
        listed.check();
        metricsOfSides.check();
        if (audit) {
            HistoryOptions.Asked asked = historyOptions.asked();
            if (isGiven("--threads", "--flips", "--zone")) {
                throw new WrongInput("--audit has no use for --threads, --flips and --zone; leave them out");
            }
            if (columns != null
                    || html != null
                    || order != null
                    || listed.isAsked()
                    || metricsOfSides.isAsked()
                    || !isRecorded()
                    || !dimensionName.equals(ALL)
                    || asked.known() != null
                    || asked.range().from() != null
                    || asked.range().to() != null) {
                throw new WrongInput(
                        "--audit goes with --history, --policy, --strict and --json alone: it compares nothing but what is stored with itself");
            }
            return;
        }
        if (policyFiles.size() > 1) {
            throw new WrongInput(
                    "--policy: one candidate at a time (what to compare it with is --baseline; several go with --audit)");
        }
        if (isRecorded() && order == Judge.Order.OCCURRENCE) {
            throw new ParameterException(
                    console.commandLine(),
                    "--order occurrence does not go with the baseline 'recorded', which was made in order of arrival"
                            + " (leave --order out, or give a policy as --baseline)");
        }
        if (threads < 1) {
            throw new WrongInput("--threads: at least one");
        }
        if (flips < 0) {
            throw new WrongInput("--flips: none (0) or more");
        }
        if (metricsOfSides.isAsked()
                && columns != null
                && historyOptions.files().isEmpty()) {
            throw new WrongInput(
                    "--metrics: columns do not tell them (give --history FILE beside, as it was given to `history build`)");
        }
        if (columns == null && isGiven("--threads")) {
            throw new WrongInput("--threads goes with --columns (leave it out, or build columns: `history build`)");
        }
        if (html == null && isGiven("--flips")) {
            throw new WrongInput(
                    "--flips goes with --html FILE, the page that lists them (leave it out, or see --leads)");
        }
    }

    /** Whatever is read stays as it is, the files of columns too. */
    private void refuseOverwriting() throws IOException {
        Path page = html;
        if (page == null || !Files.exists(page)) {
            return;
        }
        List<Path> inputs = new ArrayList<>(historyOptions.files());
        inputs.addAll(policyFiles);
        if (!isRecorded()) {
            inputs.add(Path.of(baseline));
        }
        Path folder = columns;
        if (folder != null && Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                files.forEach(inputs::add);
            }
        }
        if (inputs.stream().map(WholeFile::real).anyMatch(WholeFile.real(page)::equals)) {
            throw new WrongInput("--html: %s would be read and written; name another file".formatted(page));
        }
    }

    private Replayed replay(Console console, Policy candidate, @Nullable Policy baselinePolicy) throws IOException {
        Path folder = columns;
        return folder == null
                ? replayEvents(console, candidate, baselinePolicy)
                : replayColumns(console, folder, candidate, baselinePolicy);
    }

    private ReplayQuestion question(
            Policy candidate, @Nullable Policy baselinePolicy, Dimension dimension, boolean withLeads) {
        HistoryOptions.Asked asked = historyOptions.asked();
        return new ReplayQuestion(
                candidate,
                baselinePolicy,
                order == null ? Judge.Order.OCCURRENCE : order,
                asked.known(),
                dimension,
                asked.range(),
                withLeads);
    }

    private Replayed replayEvents(Console console, Policy candidate, @Nullable Policy baselinePolicy)
            throws IOException {
        HistoryOptions.Loaded loaded = historyOptions.load(console.err());
        Dimension dimension = HistoryOptions.dimension(dimensionName, loaded.leads(), candidate.dimensions());
        return new EventsReplay(question(candidate, baselinePolicy, dimension, true), loaded);
    }

    private Replayed replayColumns(Console console, Path folder, Policy candidate, @Nullable Policy baselinePolicy)
            throws IOException {
        HistoryColumns history = HistoryCommand.open(folder);
        List<String> attributes = new ArrayList<>(history.attributes());
        attributes.addAll(candidate.dimensions());
        Dimension dimension = HistoryOptions.dimension(dimensionName, attributes);
        HistoryOptions.Loaded events =
                historyOptions.files().isEmpty() ? null : eventsOf(history.coverage(), folder, console);
        boolean withLeads = events != null || listed.isAsked() || html != null;
        ColumnsReplay replayed =
                new ColumnsReplay(history, question(candidate, baselinePolicy, dimension, withLeads), threads, events);
        console.err().println(replayed.speed());
        if (withLeads && events == null) {
            console.err()
                    .println(
                            "columns hold neither ids of events nor amounts: reasons name the rule and the instant, not the fact"
                                    + " (give --history FILE beside, as it was given to `history build`)");
        }
        return replayed;
    }

    /** No lead may be explained by the events of another history than was replayed. */
    private HistoryOptions.Loaded eventsOf(Coverage made, Path folder, Console console) throws IOException {
        HistoryOptions.Loaded events = historyOptions.load(console.err());
        if (!events.coverage().digest().equals(made.digest())) {
            throw new WrongInput(
                    "--history: the columns in %s were made from %s (%s), and these are other files: give those, or build the columns anew\n  lifecycle history build --history FILE --out %s"
                            .formatted(folder, made.source(), made.extent(), folder));
        }
        return events;
    }

    /** Null where none are asked for. */
    private @Nullable ComparedMetrics metrics(Replayed replayed) {
        if (!metricsOfSides.isAsked()) {
            return null;
        }
        try {
            return replayed.metrics(metricsOfSides.metrics(), metricsOfSides.grain());
        } catch (TooManyBuckets e) {
            throw new WrongInput(
                    "--metrics: %s: ask with a coarser grain (--grain all), for fewer metrics, by a dimension of fewer values or with --from; void a fact of a wrong date"
                            .formatted(e.getMessage()));
        }
    }

    private void print(Console console, Replayed replayed, @Nullable ComparedMetrics metrics) {
        ListedLeads.@Nullable Page page = null;
        if (listed.isAsked()) {
            ListedLeads.Page unexplained = listed.of(replayed.leads());
            page = new ListedLeads.Page(replayed.explained(unexplained.leads()), unexplained.next());
        }
        Workload workload = replayed.workload();
        if (json) {
            ObjectNode answer = replayed.report().toJson(page == null ? null : page.leads());
            if (page != null && listed.isPaged()) {
                answer.put("next", page.next());
            }
            TimeToMark timeToMark = replayed.timeToMark();
            answer.set("workload", workload == null ? JsonNodeFactory.instance.nullNode() : workload.toJson());
            answer.set("timeToMark", timeToMark == null ? JsonNodeFactory.instance.nullNode() : timeToMark.toJson());
            answer.set("metrics", metrics == null ? JsonNodeFactory.instance.nullNode() : metrics.toJson());
            console.out().println(answer);
        } else {
            console.out()
                    .print(ReplayTable.render(
                            replayed.report(), new Dimension(dimensionName), workload, metrics, page));
        }
    }

    private String page(
            Replayed replayed, @Nullable ComparedMetrics metrics, Policy candidate, @Nullable Policy baselinePolicy) {
        Dimension told = dimensionName.equals(ALL) ? new Dimension("source") : new Dimension(dimensionName);
        HistoryOptions.Asked asked = historyOptions.asked();
        return ReplayPage.render(new ReplayPage.Contents(
                candidate,
                PolicyFile.text(policyFiles.get(0)),
                baselinePolicy,
                baselinePolicy == null ? null : PolicyFile.text(Path.of(baseline)),
                replayed.report(),
                replayed.by(Dimension.ALL),
                replayed.by(told),
                told,
                replayed.workload(),
                replayed.timeToMark(),
                metrics,
                flips(replayed),
                replayed.namesEvents(),
                replayed.coverage(),
                replayed.how(),
                asked.known(),
                asked.range(),
                historyOptions.zone()));
    }

    /** The first of each set that flipped. */
    private List<LeadResult> flips(Replayed replayed) {
        List<LeadResult> first = new ArrayList<>();
        for (MarkSet set : List.of(MarkSet.GAINED, MarkSet.DROPPED, MarkSet.EARLIER, MarkSet.LATER)) {
            replayed.leads().stream()
                    .filter(lead -> lead.set() == set)
                    .limit(flips)
                    .forEach(first::add);
        }
        return replayed.explained(first);
    }
}
