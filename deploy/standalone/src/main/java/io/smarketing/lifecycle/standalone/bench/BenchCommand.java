package io.smarketing.lifecycle.standalone.bench;

import picocli.CommandLine.Command;

/** {@code bench}: what the engine costs here, beside peers and limits in the same run. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Times the engine here, beside peers and limits in the same run.",
        subcommands = {
            WriteBench.class,
            RelayBench.class,
            PipelineBench.class,
            TopologyBench.class,
            ReplayBench.class,
            ColumnsBench.class
        })
public final class BenchCommand {}
