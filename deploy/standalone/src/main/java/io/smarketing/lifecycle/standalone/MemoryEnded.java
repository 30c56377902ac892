package io.smarketing.lifecycle.standalone;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import picocli.CommandLine;

/** A history that is larger than the memory is the user's to mend, wherever it shows: in one line and no stack trace. */
final class MemoryEnded {

    /** Made before it is needed, when there is no memory to make it. */
    static final String MESSAGE = "the history does not fit into %,d MB of memory (give more: java -Xmx4g -jar …)"
            .formatted(Runtime.getRuntime().maxMemory() >> 20);

    private static final byte[] LINE = (MESSAGE + System.lineSeparator()).getBytes(StandardCharsets.UTF_8);

    /** Open for as long as the program runs. */
    private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);

    /** Named, and so loaded, before it is thrown: a class loader needs memory to find what is not. */
    private static final Class<OutOfMemoryError> END = OutOfMemoryError.class;

    private MemoryEnded() {}

    /** Pools of threads and closed resources wrap it, or keep it beside what came of it. */
    static boolean isBehind(Throwable failure) {
        return isBehind(failure, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static boolean isBehind(Throwable failure, Set<Throwable> seen) {
        if (failure instanceof OutOfMemoryError) {
            return true;
        }
        if (!seen.add(failure)) {
            return false;
        }
        if (failure.getCause() != null && isBehind(failure.getCause(), seen)) {
            return true;
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (isBehind(suppressed, seen)) {
                return true;
            }
        }
        return false;
    }

    /**
     * A thread that dies of it may be the one that others wait for: the program ends there and then. Not for a server, whose threads
     * outlive errors.
     */
    static void endsTheProgram() {
        prepareToHalt();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> ended(thread.getName(), failure));
    }

    /** In the end there is no room for it: the JVM's own class that halts it is made with the first hook. */
    private static void prepareToHalt() {
        Thread hook = new Thread(() -> {});
        Runtime.getRuntime().addShutdownHook(hook);
        Runtime.getRuntime().removeShutdownHook(hook);
    }

    /** Makes nothing where the memory's end itself is the failure. */
    private static void ended(String thread, Throwable failure) {
        try {
            if (END.isInstance(failure) || isBehind(failure)) {
                halt();
            }
            System.err.println("Exception in thread \"%s\"".formatted(thread));
            failure.printStackTrace();
        } catch (OutOfMemoryError e) {
            halt();
        }
    }

    private static void halt() {
        try {
            ERR.write(LINE);
        } catch (IOException | Error e) {
            // There is nobody left to tell.
        } finally {
            Runtime.getRuntime().halt(CommandLine.ExitCode.USAGE);
        }
    }
}
