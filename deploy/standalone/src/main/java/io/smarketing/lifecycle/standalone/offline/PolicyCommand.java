package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyDiff;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.yaml.Problem;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code policy}: works on policy documents. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        description = "Works on qualification policies.",
        subcommands = ExplainCommand.class,
        synopsisSubcommandLabel = "(check | diff | explain)")
public final class PolicyCommand implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        Console console = Console.of(spec);
        console.commandLine().usage(console.out());
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description =
                    "Checks a policy and tells every mistake with its line, column and mend. Exit code 1 when it cannot be used.")
    int check(
            @Parameters(paramLabel = "FILE", description = "The policy (YAML).") Path file,
            @Option(names = "--json", description = "Print the findings as JSON.") boolean json) {
        Console console = Console.of(spec);
        String text = PolicyFile.text(file);
        Policy policy = null;
        List<Problem> problems;
        try {
            PolicyReader.Reading reading = PolicyReader.read(file.toString(), text);
            policy = reading.policy();
            problems = reading.warnings();
        } catch (RefusedDocument e) {
            problems = e.problems();
        }
        if (json) {
            ObjectNode answer = JsonNodeFactory.instance.objectNode();
            answer.put("valid", policy != null);
            answer.put("policy", policy == null ? null : policy.reference().toString());
            ArrayNode list = answer.putArray("problems");
            for (Problem problem : problems) {
                list.addObject()
                        .put("severity", problem.severity().name().toLowerCase(Locale.ROOT))
                        .put("line", problem.line())
                        .put("column", problem.column())
                        .put("message", problem.message())
                        .put("mend", problem.mend());
            }
            console.out().println(answer);
        } else {
            problems.forEach(problem -> console.out().println(file + ": " + problem));
            console.out()
                    .println(
                            policy == null
                                    ? "%s cannot be used; problems: %d".formatted(file, problems.size())
                                    : "%s is sound: policy %s, %d rules, threshold %d"
                                            .formatted(file, policy.reference(), policy.rules(), policy.threshold()));
        }
        return policy == null ? 1 : 0;
    }

    @Command(
            name = "diff",
            mixinStandardHelpOptions = true,
            description =
                    "Tells in plain words what changes from one policy to another. Exit code 0, also when they differ.")
    int diff(
            @Parameters(paramLabel = "BEFORE", description = "The policy (YAML) as it was.") Path before,
            @Parameters(paramLabel = "AFTER", description = "The policy (YAML) as it is to be.") Path after,
            @Option(names = "--json", description = "Print the changes as JSON.") boolean json) {
        Console console = Console.of(spec);
        Policy old = PolicyFile.read(before, console.err());
        Policy current = PolicyFile.read(after, console.err());
        PolicyDiff diff = PolicyDiff.of(old, current);
        if (json) {
            ObjectNode answer = JsonNodeFactory.instance.objectNode();
            answer.put("before", old.reference().toString());
            answer.put("after", current.reference().toString());
            answer.set("changes", diff.toJson());
            console.out().println(answer);
        } else {
            console.out()
                    .println("%s -> %s: %s"
                            .formatted(
                                    old.reference(),
                                    current.reference(),
                                    switch (diff.changes().size()) {
                                        case 0 -> "they mean the same";
                                        case 1 -> "1 change";
                                        default -> diff.changes().size() + " changes";
                                    }));
            diff.changes().forEach(change -> console.out().println("  " + change.text()));
        }
        return 0;
    }
}
