package io.smarketing.lifecycle.standalone.send;

import io.smarketing.lifecycle.history.RefusedLine;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What became of the lines that were sent. Only lines with an answer are counted. Thread-safe. */
public final class SendReport {

    private static final int MOST_LINES_IN_JSON = 100;
    private static final int MOST_LINES_ON_TERMINAL = 20;

    private final EngineUrl url;
    private final long begun = System.nanoTime();
    private final Map<String, Long> refusedByCode = new TreeMap<>();
    private final List<RefusedLine> firstRefused = new ArrayList<>();
    private long stored;
    private long duplicates;
    private long parked;
    private @Nullable Duration took;
    private @Nullable String problem;
    private boolean wrong;
    private boolean complete = true;

    SendReport(EngineUrl url) {
        this.url = url;
    }

    synchronized void count(long newStored, long newDuplicates, long newParked) {
        stored += newStored;
        duplicates += newDuplicates;
        parked += newParked;
    }

    synchronized void count(RefusedLine line) {
        refusedByCode.merge(line.refusal().code(), 1L, Long::sum);
        if (firstRefused.size() < MOST_LINES_IN_JSON) {
            firstRefused.add(line);
        }
    }

    /**
     * Why it ended before the end; the first reason stays.
     *
     * @param isWrong whether the input is at fault, and not the engine
     */
    synchronized void endEarly(String why, boolean isWrong) {
        complete = false;
        if (problem == null) {
            problem = why;
            wrong = isWrong;
        }
    }

    synchronized void end() {
        took = elapsed();
        if (problem == null && refused() > 0 && refused() == sent()) {
            problem =
                    "every line was refused (a history is CloudEvents, one JSON object a line; tables need --mapping)";
            wrong = true;
        }
    }

    private Duration elapsed() {
        return took != null ? took : Duration.ofNanos(System.nanoTime() - begun);
    }

    synchronized long sent() {
        return stored + duplicates + parked + refused();
    }

    private long refused() {
        return refusedByCode.values().stream().mapToLong(Long::longValue).sum();
    }

    synchronized String pace() {
        return "%,d events, %,d/s".formatted(sent(), perSecond());
    }

    private long perSecond() {
        return Math.round(sent() * 1e9 / Math.max(1, elapsed().toNanos()));
    }

    /** 0 done, 1 given up, 2 the input is wrong. */
    public synchronized int exitCode() {
        if (problem == null) {
            return CommandLine.ExitCode.OK;
        }
        return wrong ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
    }

    /** With the first refused lines, in no order of files. */
    public synchronized ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("url", url.toString());
        json.put("sent", sent());
        json.put("stored", stored);
        json.put("duplicates", duplicates);
        json.put("parked", parked);
        json.put("refused", refused());
        ObjectNode codes = json.putObject("refusedByCode");
        refusedByCode.forEach(codes::put);
        ArrayNode lines = json.putArray("refusedLines");
        firstRefused.forEach(line -> lines.add(json(line)));
        json.put("seconds", elapsed().toMillis() / 1e3);
        json.put("complete", complete);
        json.put("problem", problem);
        return json;
    }

    static ObjectNode json(RefusedLine line) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("file", line.file())
                .put("line", line.line())
                .put("code", line.refusal().code())
                .put("field", line.refusal().field())
                .put("message", line.refusal().message())
                .put("mend", line.refusal().mend());
    }

    /** Tells it in words. */
    public synchronized void print(PrintWriter out) {
        firstRefused.stream().limit(MOST_LINES_ON_TERMINAL).forEach(out::println);
        if (refused() > MOST_LINES_ON_TERMINAL) {
            out.println("… and %,d more refused lines; `--refused FILE` writes them all."
                    .formatted(refused() - MOST_LINES_ON_TERMINAL));
        }
        String codes = refusedByCode.entrySet().stream()
                .map(entry -> "%s %,d".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
        out.println("sent %,d = %,d stored + %,d duplicates + %,d parked + %,d refused%s"
                .formatted(sent(), stored, duplicates, parked, refused(), codes.isEmpty() ? "" : " (" + codes + ")"));
        out.println(String.format(
                Locale.ROOT, "in %.1f s, %,d events a second, to %s", elapsed().toMillis() / 1e3, perSecond(), url));
        if (parked > 0) {
            out.println("The parked wait for their lead's capture; GET %s tells of each."
                    .formatted(url.events() + "?source=…&id=…"));
        }
        if (problem != null) {
            out.println(problem);
        }
    }
}
