package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.Bridge;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.funnel.metric.MetricAnswer;
import io.smarketing.lifecycle.funnel.metric.MetricDefinition;
import io.smarketing.lifecycle.funnel.metric.MetricHead;
import io.smarketing.lifecycle.funnel.metric.TooManyBuckets;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.Table;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code metrics bridge}: why a metric's figures are others than they were. */
@Command(
        name = "bridge",
        mixinStandardHelpOptions = true,
        description = {
            "Why figures are not what they were: what each cause did to them.",
            "Late facts, voids, enrichments and another rule, each with its leads; what they did",
            "adds up to the difference. Compare what was known at two instants",
            "(--baseline-known-at, --as-known-at), two policies (--baseline, --policy), or both."
        })
final class BridgeCommand implements Callable<Integer> {

    private static final int SHOWN_LEADS = 5;

    @Mixin
    private MetricOptions options = new MetricOptions();

    @Option(
            names = "--of",
            required = true,
            paramLabel = "METRIC",
            description = "The metric: ${COMPLETION-CANDIDATES}.")
    private Metric metric = Metric.FLOW;

    @Option(
            names = "--bucket",
            paramLabel = "BUCKET",
            description = "Only this day, week or month, as 2026-05-01, 2026-W18, 2026-05.")
    private @Nullable String bucketLabel;

    @Option(
            names = "--baseline-known-at",
            paramLabel = "TIME",
            description = "What the figures were when no more was recorded; default: the same as --as-known-at.")
    private @Nullable String baselineKnownAt;

    @Option(
            names = "--baseline",
            paramLabel = "FILE",
            description = "The policy by which the figures were made, or 'recorded'; default: the same as --policy.")
    private @Nullable String baseline;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Console console = Console.of(spec);
        if (baselineKnownAt == null && baseline == null) {
            throw new WrongInput(
                    "there is nothing to compare with: say --baseline-known-at TIME, --baseline FILE or both");
        }
        @Nullable Bucket bucket = bucketLabel == null ? null : bucket(bucketLabel);
        if (bucket != null) {
            options.refuseOtherGrain(console, bucket);
        }
        MetricOptions.Loaded loaded = options.load(console.err());
        if (bucket != null) {
            loaded = loaded.by(bucket.grain());
        }
        MetricDefinition definition = MetricDefinition.standard(loaded.history().zone());
        Bridge.Side after = new Bridge.Side(loaded.knownAt(), loaded.asOf(), loaded.judge());
        Bridge.Side before = before(loaded, console);
        Bridge bridge = new Bridge(
                loaded.dimension(),
                definition,
                before,
                after,
                Objects.equals(before.judge(), after.judge()),
                loaded.history().selection());
        loaded.history().history().forEachArrived(bridge::add);
        List<Bridge.Change> changes;
        try {
            changes = bridge.changes(metric, loaded.grain(), bucket, metric.horizons());
        } catch (TooManyBuckets e) {
            throw MetricCommand.tooMany(e);
        }
        if (options.json()) {
            console.out().println(json(loaded, definition, before, changes));
        } else if (options.csv()) {
            console.out().print(csv(changes));
        } else {
            console.out().print(table(loaded, before, changes));
        }
        return 0;
    }

    private static Bucket bucket(String label) {
        try {
            return Bucket.parse(label);
        } catch (IllegalArgumentException e) {
            throw new WrongInput("--bucket: " + e.getMessage());
        }
    }

    private Bridge.Side before(MetricOptions.Loaded loaded, Console console) {
        @Nullable Judge judge = baseline == null ? loaded.judge() : options.otherJudge(baseline, console.err());
        if (baselineKnownAt == null) {
            return new Bridge.Side(loaded.knownAt(), loaded.asOf(), judge);
        }
        Instant known = options.endOf("--baseline-known-at", baselineKnownAt);
        if (known.isAfter(loaded.knownAt())) {
            throw new WrongInput("--baseline-known-at %s lies after what is known, up to %s"
                    .formatted(baselineKnownAt, loaded.knownAt()));
        }
        return new Bridge.Side(known, known, judge);
    }

    private ObjectNode json(
            MetricOptions.Loaded loaded, MetricDefinition definition, Bridge.Side before, List<Bridge.Change> changes) {
        ObjectNode answer = loaded.head(definition).toJson("bridge");
        answer.put("of", metric.word());
        answer.put("baseline", policy(before.judge()));
        answer.put("baselineKnownAt", before.knownAt().toString());
        ArrayNode rows = answer.putArray("rows");
        for (Bridge.Change change : changes) {
            change.shares().forEach((cause, share) -> {
                ObjectNode row = rows.addObject();
                MetricAnswer.putBucket(row, change.bucket());
                row.put("value", change.value());
                change.parts().forEach(row::put);
                row.put("figure", change.figure());
                row.put("before", change.before());
                row.put("after", change.after());
                row.put("cause", cause.word());
                row.put("change", share.change());
                ArrayNode leads = row.putArray("leads");
                share.leads()
                        .forEach((leadId, number) ->
                                leads.addObject().put("leadId", leadId).put("change", number));
            });
        }
        return answer;
    }

    private static String policy(@Nullable Judge judge) {
        return judge == null ? MetricHead.RECORDED : judge.policy().reference().toString();
    }

    private static String csv(List<Bridge.Change> changes) {
        List<List<@Nullable String>> lines = new ArrayList<>();
        for (Bridge.Change change : changes) {
            change.shares().forEach((cause, share) -> {
                List<@Nullable String> line = new ArrayList<>();
                line.add(
                        change.bucket().grain() == Grain.ALL
                                ? null
                                : change.bucket().label());
                line.add(change.value());
                line.add(parts(change));
                line.add(change.figure());
                line.add(String.valueOf(change.before()));
                line.add(String.valueOf(change.after()));
                line.add(cause.word());
                line.add(String.valueOf(share.change()));
                line.add(String.join(" ", share.leads().keySet()));
                lines.add(line);
            });
        }
        return MetricAnswer.csv(
                List.of("bucket", "value", "row", "figure", "before", "after", "cause", "change", "leads"), lines);
    }

    private static String parts(Bridge.Change change) {
        return String.join(" ", change.parts().values());
    }

    private String table(MetricOptions.Loaded loaded, Bridge.Side before, List<Bridge.Change> changes) {
        StringBuilder text = new StringBuilder("Why %s changed: from %s known at %s to %s known at %s\n"
                .formatted(metric.word(), policy(before.judge()), before.knownAt(), loaded.policy(), loaded.knownAt()));
        if (changes.isEmpty()) {
            return text.append("\n  nothing changed\n").toString();
        }
        Table table = new Table()
                .texts(1, 2, 3, 7)
                .row(
                        "bucket",
                        loaded.dimension().name(),
                        "row",
                        "figure",
                        "before",
                        "after",
                        "change",
                        "because of",
                        "leads");
        table.texts(8);
        for (Bridge.Change change : changes) {
            boolean[] first = {true};
            change.shares().forEach((cause, share) -> {
                table.row(
                        first[0] ? change.bucket().label() : "",
                        first[0] ? (change.value() == null ? "(missing)" : change.value()) : "",
                        first[0] ? parts(change) : "",
                        first[0] ? change.figure() : "",
                        first[0] ? FunnelTable.count(change.before()) : "",
                        first[0] ? FunnelTable.count(change.after()) : "",
                        "%+,d".formatted(share.change()),
                        cause.word(),
                        leads(share.leads()));
                first[0] = false;
            });
        }
        return text.append('\n').append(table.render()).toString();
    }

    private static String leads(Map<String, Long> leads) {
        String shown = leads.entrySet().stream()
                .limit(SHOWN_LEADS)
                .map(lead -> "%s %+d".formatted(lead.getKey(), lead.getValue()))
                .collect(Collectors.joining(", "));
        return leads.size() <= SHOWN_LEADS ? shown : "%s … (%,d leads)".formatted(shown, leads.size());
    }
}
