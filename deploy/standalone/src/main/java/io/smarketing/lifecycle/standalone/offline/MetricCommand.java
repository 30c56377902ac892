package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.metric.ConversionPath;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.funnel.metric.MetricAnswer;
import io.smarketing.lifecycle.funnel.metric.MetricCube;
import io.smarketing.lifecycle.funnel.metric.MetricDefinition;
import io.smarketing.lifecycle.funnel.metric.Reading;
import io.smarketing.lifecycle.funnel.metric.TooManyBuckets;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One metric over a history. */
abstract class MetricCommand implements Callable<Integer> {

    private final Metric metric;

    @Mixin
    private MetricOptions options = new MetricOptions();

    @Spec
    private @Nullable CommandSpec spec;

    MetricCommand(Metric metric) {
        this.metric = metric;
    }

    @Override
    public final Integer call() throws IOException {
        Console console = Console.of(spec);
        List<Duration> horizons = horizons();
        // What is wrong in the options is told before a history is read.
        definition(ZoneId.of("UTC"));
        MetricOptions.Loaded loaded = options.load(console.err());
        MetricCube cube = MetricOptions.cube(loaded, definition(loaded.history().zone()));
        Reading reading = cube.reading(loaded.grain(), loaded.asOf(), horizons);
        MetricAnswer answer;
        try {
            answer = new MetricAnswer(metric, loaded.head(cube.definition()), cube.rows(metric, reading));
        } catch (TooManyBuckets e) {
            throw tooMany(e);
        }
        if (options.json()) {
            console.out().println(answer.toJson());
        } else if (options.csv()) {
            console.out().print(answer.toCsv());
        } else {
            console.out().print(MetricTable.render(answer));
        }
        return 0;
    }

    static WrongInput tooMany(TooManyBuckets e) {
        return new WrongInput(e.getMessage()
                + ": ask with a coarser grain (--grain all always goes) or with --from; void a fact of a wrong date");
    }

    MetricDefinition definition(ZoneId zone) {
        return MetricDefinition.standard(zone);
    }

    List<Duration> horizons() {
        return metric.horizons();
    }

    @Command(
            name = "flow",
            mixinStandardHelpOptions = true,
            description = "How many visits entered each stage, left it (and how), and are still in it.")
    static final class Flow extends MetricCommand {

        Flow() {
            super(Metric.FLOW);
        }
    }

    @Command(
            name = "conversion",
            mixinStandardHelpOptions = true,
            description = "How many come from one stage to the next ones, and how soon.")
    static final class Conversion extends MetricCommand {

        @Option(
                names = "--steps",
                paramLabel = "STAGES",
                description = {
                    "The stages of the way, as CAPTURED,MQL,WON; the first is the base of the cohort.",
                    "May be given several times; default: CAPTURED,MQL,ACCEPTED,CONTACTED,WON."
                })
        private List<String> steps = new ArrayList<>();

        @Option(
                names = "--within",
                paramLabel = "PERIOD",
                description = {
                    "Count what converted within this time of the base, the end included.",
                    "May be given several times; whoever converted ever is counted beside it."
                })
        private List<String> within = new ArrayList<>();

        Conversion() {
            super(Metric.CONVERSION);
        }

        @Override
        MetricDefinition definition(ZoneId zone) {
            try {
                List<ConversionPath> paths = steps.isEmpty()
                        ? MetricDefinition.standard(zone).paths().subList(0, 1)
                        : steps.stream().map(ConversionPath::parse).toList();
                return new MetricDefinition(zone, paths, MetricOptions.periods("--within", within));
            } catch (IllegalArgumentException e) {
                throw new WrongInput("--steps: " + e.getMessage());
            }
        }
    }

    @Command(
            name = "velocity",
            mixinStandardHelpOptions = true,
            description = {
                "How long visits took that have ended, by how they ended.",
                "Rows belong to the bucket in which the visits ended. See incidence for the open ones."
            })
    static final class Velocity extends MetricCommand {

        Velocity() {
            super(Metric.VELOCITY);
        }
    }

    @Command(
            name = "incidence",
            mixinStandardHelpOptions = true,
            description = {
                "The probability that a visit has ended in a given way after a given time (Aalen–Johansen).",
                "Rows belong to the bucket in which the visits began.",
                "Told after P1D, P7D, P14D, P30D, P90D unless --at or --curve is given."
            })
    static final class Incidence extends Curve {

        Incidence() {
            super(Metric.INCIDENCE);
        }
    }

    @Command(
            name = "response",
            mixinStandardHelpOptions = true,
            description = {
                "How soon sales first tries to contact a lead, from the mark and from the acceptance on.",
                "Each cycle counts once from each of both, in the bucket of that start.",
                "Told after PT5M, PT1H, PT4H, P1D, P7D unless --at or --curve is given."
            })
    static final class Response extends Curve {

        Response() {
            super(Metric.RESPONSE);
        }
    }

    /** Of those whose rows tell a curve. */
    private abstract static class Curve extends MetricCommand {

        @Option(
                names = "--at",
                paramLabel = "PERIOD",
                description = "The time at which the curve is told; may be given several times.")
        private List<String> at = new ArrayList<>();

        @Option(names = "--curve", description = "Tell the curve at each time at which it may rise.")
        private boolean curve;

        Curve(Metric metric) {
            super(metric);
        }

        @Override
        List<Duration> horizons() {
            if (curve && !at.isEmpty()) {
                throw new WrongInput(
                        "--at and --curve exclude each other: the curve is told at all times (leave one out)");
            }
            if (curve) {
                return List.of();
            }
            return at.isEmpty() ? super.horizons() : MetricOptions.periods("--at", at);
        }
    }

    @Command(
            name = "ages",
            mixinStandardHelpOptions = true,
            description = {
                "How long the open visits have been waiting.",
                "Rows belong to the bucket in which the visits began."
            })
    static final class Ages extends MetricCommand {

        Ages() {
            super(Metric.AGES);
        }
    }

    @Command(
            name = "acceptance",
            mixinStandardHelpOptions = true,
            description = {
                "What sales says to the leads that are marked, and why not.",
                "Each marked cycle counts once, in the bucket of its mark."
            })
    static final class Acceptance extends MetricCommand {

        Acceptance() {
            super(Metric.ACCEPTANCE);
        }
    }

    @Command(
            name = "quality",
            mixinStandardHelpOptions = true,
            description = {
                "Whether a mark foretells a win: precision and recall, on the outcomes that are known.",
                "Each lead counts once, in the bucket of its capture."
            })
    static final class Quality extends MetricCommand {

        Quality() {
            super(Metric.QUALITY);
        }
    }
}
