package io.smarketing.lifecycle.standalone.terminal;

import java.io.Console;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** Progress bars on stderr, where a person looks at it; a log gets none. */
public final class Progress {

    private static final int WIDTH = 100;

    private Progress() {}

    /** A bar from zero to {@code most}; close it when the work is done. */
    public static ProgressBar bar(String task, long most, String unit) {
        PrintStream stream = isWatched()
                ? System.err
                : new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(most)
                .setUnit(unit, 1)
                .setUpdateIntervalMillis(200)
                .clearDisplayOnFinish()
                .setConsumer(new ConsoleProgressBarConsumer(stream, WIDTH))
                .build();
    }

    /** Whether a terminal is there. Some JDKs after 21 give a console without one, and only they can be asked. */
    @SuppressWarnings("SystemConsoleNull")
    public static boolean isWatched() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
