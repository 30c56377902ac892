package io.smarketing.lifecycle.standalone.terminal;

import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Where a command writes: results to {@code out}, everything else to {@code err}. */
public record Console(CommandLine commandLine, PrintWriter out, PrintWriter err) {

    /** The streams of a command, whose spec picocli has injected before it is called. */
    public static Console of(@Nullable CommandSpec spec) {
        CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
        return new Console(commandLine, commandLine.getOut(), commandLine.getErr());
    }
}
