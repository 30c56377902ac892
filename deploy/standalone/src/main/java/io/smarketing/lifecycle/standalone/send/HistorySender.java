package io.smarketing.lifecycle.standalone.send;

import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.history.RefusedLine;
import io.smarketing.lifecycle.standalone.terminal.Progress;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends a history over HTTP. Several requests are under way at a time, each in a lane of its own; a lead's events all go
 * through one lane, one request after the other, and so arrive in the order in which they stand. What is sent are the bytes
 * of the lines.
 */
public final class HistorySender {

    static final String NDJSON = "application/x-ndjson";
    private static final String HOW_TO_GO_ON = "Run the same command again: what was taken is recognised.";
    private static final int LANES = 4;
    private static final int MOST_LINES = 500;
    private static final int MOST_BYTES = 4 << 20;
    private static final int BAR_WIDTH = 100;

    private final EngineUrl url;
    private final Duration patience;
    private final boolean strict;
    private final @Nullable OutputStream refusedLines;
    private final PrintWriter err;

    /**
     * Sends to an engine.
     *
     * @param patience how long to wait for an engine that takes nothing
     * @param strict whether the first refused line ends it
     * @param refusedLines takes every refused line as JSON, with its text
     */
    public HistorySender(
            EngineUrl url, Duration patience, boolean strict, @Nullable OutputStream refusedLines, PrintWriter err) {
        this.url = url;
        this.patience = patience;
        this.strict = strict;
        this.refusedLines = refusedLines;
        this.err = err;
    }

    /**
     * Sends all lines, or until there is no point in going on; the report tells which.
     *
     * @throws IOException when the refused lines cannot be written
     */
    public SendReport send(Lines lines) throws IOException {
        SendReport report = new SendReport(url);
        Engine engine = new Engine(url, patience, this::tell);
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < LANES; i++) {
            lanes.add(new Lane(i, engine, report));
        }
        lanes.forEach(Thread::start);
        try (ProgressBar bar = Progress.bar("sending", lines.end(), lines.unit())) {
            try {
                deal(lines, lanes, engine, report, bar);
            } catch (WrongInput e) {
                report.endEarly(String.valueOf(e.getMessage()), true);
            } finally {
                for (Lane lane : lanes) {
                    lane.finish();
                }
                for (Lane lane : lanes) {
                    lane.join();
                }
            }
        } catch (InterruptedException e) {
            report.endEarly("interrupted. " + HOW_TO_GO_ON, false);
            engine.stop();
            Thread.currentThread().interrupt();
        }
        for (Lane lane : lanes) {
            RuntimeException broken = lane.broken;
            if (broken instanceof UncheckedIOException e) {
                throw e.getCause();
            }
            if (broken != null) {
                throw broken;
            }
        }
        report.end();
        return report;
    }

    private static void deal(Lines lines, List<Lane> lanes, Engine engine, SendReport report, ProgressBar bar)
            throws IOException, InterruptedException {
        Subjects subjects = new Subjects();
        long dealt = 0;
        for (Line line = lines.next(); line != null && !engine.isStopped(); line = lines.next()) {
            String subject = subjects.of(line.bytes());
            lanes.get(subject == null ? 0 : Math.floorMod(subject.hashCode(), LANES))
                    .add(line);
            if (++dealt % MOST_LINES == 0) {
                bar.stepTo(lines.position());
                bar.setExtraMessage(report.pace());
            }
        }
        bar.stepTo(lines.position());
    }

    /** Over a bar, where there is one. */
    private void tell(String message) {
        String text = "%s: %s".formatted(url, message);
        err.println(Progress.isWatched() ? "\r%%-%ds".formatted(BAR_WIDTH).formatted(text) : text);
        err.flush();
    }

    private void refuse(Line line, Refusal refusal, Engine engine, SendReport report) {
        RefusedLine refused = new RefusedLine(line.file(), line.number(), refusal);
        report.count(refused);
        if (refusedLines != null) {
            write(refused, line, refusedLines);
        }
        if (strict) {
            report.endEarly("stopped at the first refused line, as --strict says: " + refused, true);
            engine.stop();
        }
    }

    private static void write(RefusedLine refused, Line line, OutputStream out) {
        byte[] json = JsonMapper.shared()
                .writeValueAsBytes(
                        SendReport.json(refused).put("event", new String(line.bytes(), StandardCharsets.UTF_8)));
        synchronized (out) {
            try {
                out.write(json);
                out.write('\n');
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Lines on their way, in order; the reader fills it while the lane's thread sends what was filled before. */
    private final class Lane extends Thread {

        private final Engine engine;
        private final SendReport report;
        /** An empty list is the end. */
        private final BlockingQueue<List<Line>> queue = new ArrayBlockingQueue<>(1);

        private List<Line> filling = new ArrayList<>();
        private int bytes;
        private volatile @Nullable RuntimeException broken;

        Lane(int number, Engine engine, SendReport report) {
            super("sender-" + number);
            setDaemon(true);
            this.engine = engine;
            this.report = report;
        }

        void add(Line line) throws InterruptedException {
            int length = line.bytes().length + 1;
            if (filling.size() == MOST_LINES || (!filling.isEmpty() && bytes + length > MOST_BYTES)) {
                hand();
            }
            filling.add(line);
            bytes += length;
        }

        private void hand() throws InterruptedException {
            queue.put(filling);
            filling = new ArrayList<>();
            bytes = 0;
        }

        void finish() throws InterruptedException {
            if (!filling.isEmpty()) {
                hand();
            }
            hand();
        }

        @Override
        public void run() {
            try {
                for (List<Line> lines = queue.take(); !lines.isEmpty(); lines = queue.take()) {
                    // After a stop the reader may still wait to hand something over.
                    if (!engine.isStopped()) {
                        send(lines);
                    }
                }
            } catch (InterruptedException e) {
                engine.stop();
            }
        }

        private void send(List<Line> lines) throws InterruptedException {
            try {
                List<Line> sendable = new ArrayList<>(lines.size());
                for (Line line : lines) {
                    if (line.bytes().length > HistoryFiles.LONGEST_LINE) {
                        refuse(line, tooLarge(), engine, report);
                    } else {
                        sendable.add(line);
                    }
                }
                if (!sendable.isEmpty()) {
                    take(sendable, engine.post(url.events(), NDJSON, body(sendable)));
                }
            } catch (GivenUp e) {
                report.endEarly("%s. %s".formatted(e.getMessage(), HOW_TO_GO_ON), false);
                engine.stop();
            } catch (WrongInput e) {
                report.endEarly(String.valueOf(e.getMessage()), true);
                engine.stop();
            } catch (RuntimeException e) {
                broken = e;
                engine.stop();
            }
        }

        private void take(List<Line> lines, JsonNode answer) {
            long refused = answer.path("refused").asLong(-1);
            long stored = answer.path("stored").asLong(-1);
            long duplicates = answer.path("duplicates").asLong(-1);
            long parked = answer.path("parked").asLong(-1);
            if (Math.min(Math.min(refused, stored), Math.min(duplicates, parked)) < 0
                    || refused + stored + duplicates + parked != lines.size()) {
                throw new WrongInput("%s answers, but not what became of %d events; check --url (the part before /v1)"
                        .formatted(url.events(), lines.size()));
            }
            report.count(stored, duplicates, parked);
            long told = 0;
            for (JsonNode item : answer.path("items")) {
                if (item.path("status").asString("").equals("refused")) {
                    told++;
                    refuse(lines.get(item.path("index").asInt()), refusal(item), engine, report);
                }
            }
            if (told != refused) {
                throw new WrongInput("%s counts %d refused events and tells of %d; is it a lifecycle engine?"
                        .formatted(url.events(), refused, told));
            }
        }
    }

    private static Refusal tooLarge() {
        return new Refusal(
                "too-large",
                "",
                "the line has more than %,d bytes".formatted(HistoryFiles.LONGEST_LINE),
                "keep documents elsewhere and send a link, or put a line break between events");
    }

    private static Refusal refusal(JsonNode item) {
        return new Refusal(
                item.path("code").asString(""),
                item.path("field").asString(""),
                item.path("message").asString(""),
                item.path("mend").asString(""));
    }

    private static byte[] body(List<Line> lines) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(lines.size() * 512);
        for (Line line : lines) {
            body.writeBytes(line.bytes());
            body.write('\n');
        }
        return body.toByteArray();
    }
}
