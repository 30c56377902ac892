package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.lead.Judge;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What commands take that judge by one policy. */
final class JudgingOptions {

    @Option(names = "--policy", required = true, paramLabel = "FILE", description = "Judge by this policy (YAML).")
    private Path policyFile = Path.of("");

    @Option(
            names = "--order",
            defaultValue = "OCCURRENCE",
            paramLabel = "ORDER",
            description = "Judge facts in order of occurrence (default) or arrival.")
    private Judge.Order order = Judge.Order.OCCURRENCE;

    Judge judge(PrintWriter err) {
        return new Judge(PolicyFile.read(policyFile, err), order);
    }
}
