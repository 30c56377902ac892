package io.smarketing.lifecycle.standalone;

import io.smarketing.lifecycle.standalone.bench.BenchCommand;
import io.smarketing.lifecycle.standalone.csv.ImportCommand;
import io.smarketing.lifecycle.standalone.generate.GenerateCommand;
import io.smarketing.lifecycle.standalone.offline.FunnelCommand;
import io.smarketing.lifecycle.standalone.offline.HistoryCommand;
import io.smarketing.lifecycle.standalone.offline.MetricsCommand;
import io.smarketing.lifecycle.standalone.offline.PolicyCommand;
import io.smarketing.lifecycle.standalone.offline.ReplayCommand;
import io.smarketing.lifecycle.standalone.offline.VerdictsCommand;
import io.smarketing.lifecycle.standalone.send.DeadLettersCommand;
import io.smarketing.lifecycle.standalone.send.GivenUp;
import io.smarketing.lifecycle.standalone.serve.ServeCommand;
import io.smarketing.lifecycle.standalone.terminal.Answers;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The program. Exit codes: 0 done, 1 the work found a problem, 2 wrong usage or input. */
@Command(
        name = "lifecycle",
        mixinStandardHelpOptions = true,
        version = "lifecycle 0.1.0",
        description = {
            "Keeps the history of every lead as facts, judges it by an agreed policy,",
            "measures the funnel, and replays history under other rules."
        },
        footer = {
            "",
            "Answers go to stdout (JSON with --json), everything else to stderr.",
            "Exit codes: 0 done (refused lines are told and counted), 1 the work found",
            "a problem (policy check), 2 wrong usage or input (and --strict).",
            "",
            "Without a command the engine is served, with the options of serve.",
            "",
            "Try it:",
            "  lifecycle --demo",
            "  lifecycle generate --leads 2000 --out history.jsonl",
            "  lifecycle funnel --history history.jsonl --dimension source",
            "  lifecycle replay --history history.jsonl --policy policy.yaml"
        },
        subcommands = {
            ServeCommand.class,
            GenerateCommand.class,
            ImportCommand.class,
            FunnelCommand.class,
            MetricsCommand.class,
            ReplayCommand.class,
            HistoryCommand.class,
            VerdictsCommand.class,
            PolicyCommand.class,
            DeadLettersCommand.class,
            BenchCommand.class,
            HelpCommand.class
        })
public final class Lifecycle implements Runnable {

    private static final Set<String> ABOUT_THE_PROGRAM = Set.of("-h", "--help", "-V", "--version");

    @Spec
    private CommandSpec spec;

    private Lifecycle(CommandSpec spec) {
        this.spec = spec;
    }

    private Lifecycle() {
        this(CommandSpec.create());
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** Runs a command line as a shell would, with other streams. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        // What it says is English, and so are its numbers, whatever the machine's language is: answers are the same
        // everywhere.
        Locale.setDefault(Locale.ROOT);
        CommandLine commandLine = new CommandLine(new Lifecycle())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Lifecycle::explain);
        int code = execute(commandLine, arguments);
        out.flush();
        err.flush();
        return code;
    }

    private static int execute(CommandLine commandLine, String... arguments) {
        try {
            return commandLine.execute(withCommand(arguments));
        } catch (Error e) {
            if (!MemoryEnded.isBehind(e)) {
                throw e;
            }
            commandLine.getErr().println(MemoryEnded.MESSAGE);
            return CommandLine.ExitCode.USAGE;
        }
    }

    /** No command, or an option where a command should be: that is for {@code serve}, but for the questions about the whole program. */
    private static String[] withCommand(String... arguments) {
        boolean serves =
                arguments.length == 0 || (arguments[0].startsWith("-") && !ABOUT_THE_PROGRAM.contains(arguments[0]));
        return serves ? Stream.concat(Stream.of("serve"), Stream.of(arguments)).toArray(String[]::new) : arguments;
    }

    /** A user's mistake gets one line and no stack trace; ours gets the trace. */
    private static int explain(Exception exception, CommandLine commandLine, CommandLine.ParseResult arguments) {
        PrintWriter err = commandLine.getErr();
        if (MemoryEnded.isBehind(exception)) {
            err.println(MemoryEnded.MESSAGE);
            return CommandLine.ExitCode.USAGE;
        }
        if (exception instanceof WrongInput) {
            err.println(exception.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        if (exception instanceof GivenUp) {
            err.println(exception.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        if (exception instanceof IOException) {
            err.println("cannot read or write: " + exception.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        exception.printStackTrace(err);
        return CommandLine.ExitCode.SOFTWARE;
    }

    public static void main(String[] arguments) {
        System.setProperty("axoniq.update-checker.disabled", "true");
        System.setProperty("disable-axoniq-console-message", "true");
        if (!withCommand(arguments)[0].equals("serve")) {
            MemoryEnded.endsTheProgram();
        }
        Answers answers = new Answers();
        PrintWriter out = new PrintWriter(new BufferedOutputStream(answers, 1 << 16), false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = run(out, err, arguments);
        String failure = answers.failure();
        if (failure != null) {
            err.println("the answer cannot be written to stdout: " + failure);
            code = code == CommandLine.ExitCode.OK ? CommandLine.ExitCode.USAGE : code;
        }
        System.exit(code);
    }
}
