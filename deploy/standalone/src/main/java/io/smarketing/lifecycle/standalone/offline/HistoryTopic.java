package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.projections.replay.TopicHistory;
import io.smarketing.lifecycle.standalone.terminal.Progress;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The topic of a history, in place of files. */
final class HistoryTopic {

    private static final int SHOWN = 20;
    private static final String BOOTSTRAP_SERVERS = "bootstrap.servers";

    @Option(
            names = "--from-topic",
            description = {
                "Read the events that an engine has told on Kafka, in place of files: committed records of all",
                "partitions, from the first to where they end now. Exit code 1 when a record is no event of the",
                "engine, or a lead lacks one."
            })
    private boolean asked;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "With --from-topic: Kafka's servers, separated by commas.")
    private @Nullable String servers;

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            description = "With --from-topic: another name than lead.events, as a mirror may give it.")
    private @Nullable String topic;

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = {
                "With --from-topic: a file of properties with settings of Kafka's clients, as security.protocol and",
                "sasl.jaas.config, so that secrets stand in no command line."
            })
    private @Nullable Path config;

    /**
     * Whether a topic is to be read.
     *
     * @throws WrongInput when the options do not go together
     */
    boolean isAsked(HistoryFiles files) {
        if (!asked) {
            if (servers != null || topic != null || config != null) {
                throw new WrongInput("--bootstrap-servers, --topic and --command-config go with --from-topic");
            }
            return false;
        }
        if (!files.files().isEmpty()) {
            throw new WrongInput(
                    "--from-topic: a history is read from files (--history) or from a topic, not from both");
        }
        if (servers == null || servers.isBlank()) {
            throw new WrongInput(
                    "Missing required option: '--bootstrap-servers=HOST:PORT' (where --from-topic finds Kafka)");
        }
        return true;
    }

    /**
     * Reads it; what is passed over or missing is told, and all is counted.
     *
     * @throws IOException when Kafka does not answer
     * @throws WrongInput when it is another topic, or with {@code strict} something is unreadable
     */
    TopicHistory read(PrintWriter err, boolean strict) throws IOException {
        String name = topic == null ? Topic.LEAD_EVENTS.topicName() : topic;
        TopicHistory history;
        try (ProgressBar progress = Progress.bar("reading " + name, -1, " offsets")) {
            history = TopicHistory.read(settings(), name, new Telling(err, strict, progress));
        }
        TopicHistory.Counts counts = history.counts();
        if (counts.unreadable() > 0 && counts.facts() + counts.verdicts() == 0) {
            throw new WrongInput("no record of %s is an event of an engine (a history is on %s)"
                    .formatted(name, Topic.LEAD_EVENTS.topicName()));
        }
        history.gaps().stream().limit(SHOWN).forEach(err::println);
        if (history.gaps().size() > SHOWN) {
            err.println("… further gaps are counted only");
        }
        err.println(describe(history));
        return history;
    }

    private Map<String, Object> settings() throws IOException {
        Map<String, Object> settings = new HashMap<>();
        Path file = config;
        if (file != null) {
            Properties properties = new Properties();
            try (Reader reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            } catch (NoSuchFileException e) {
                throw new WrongInput("--command-config: there is no file %s".formatted(file));
            } catch (IllegalArgumentException e) {
                throw new WrongInput(
                        "--command-config: %s is no file of properties: %s".formatted(file, e.getMessage()));
            }
            properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        }
        settings.put(BOOTSTRAP_SERVERS, String.valueOf(servers));
        return settings;
    }

    private static String describe(TopicHistory history) {
        TopicHistory.Counts counts = history.counts();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%,d records = %,d facts + %,d verdicts + %,d duplicates + %,d unreadable",
                counts.records(),
                counts.facts(),
                counts.verdicts(),
                counts.duplicates(),
                counts.unreadable()));
        if (!history.gaps().isEmpty()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%n%,d gaps in the sequences of leads; what is there of them is taken",
                    history.gaps().size()));
        }
        if (history.withoutCapture() > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "%n%,d of the facts and verdicts are left out: the capture of their lead is not there",
                    history.withoutCapture()));
        }
        if (history.deleted() > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "%nthe first %,d offsets are gone: if they were no aborted transactions, leads may be missing",
                    history.deleted()));
        }
        if (history.hidden() > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "%n%,d offsets lie behind a transaction that is open, and were not read: build again once it has ended",
                    history.hidden()));
        }
        return text.toString();
    }

    /** The same for programs. */
    static ObjectNode json(TopicHistory history) {
        TopicHistory.Counts counts = history.counts();
        return JsonNodeFactory.instance
                .objectNode()
                .put("records", counts.records())
                .put("facts", counts.facts())
                .put("verdicts", counts.verdicts())
                .put("duplicates", counts.duplicates())
                .put("unreadable", counts.unreadable())
                .put("gaps", history.gaps().size())
                .put("withoutCapture", history.withoutCapture())
                .put("offsetsGone", history.deleted())
                .put("offsetsBehindOpenTransactions", history.hidden());
    }

    private static final class Telling implements TopicHistory.Watch {

        private final PrintWriter err;
        private final boolean strict;
        private final ProgressBar progress;
        private int shown;

        Telling(PrintWriter err, boolean strict, ProgressBar progress) {
            this.err = err;
            this.strict = strict;
            this.progress = progress;
        }

        @Override
        public void begins(long offsets) {
            progress.maxHint(offsets);
        }

        @Override
        public void hasRead(long offsets) {
            progress.stepBy(offsets);
        }

        @Override
        public void passesOver(TopicHistory.Unreadable unreadable) {
            if (strict) {
                throw new WrongInput(unreadable + "\nstopped at the first unreadable record, as --strict says");
            }
            shown++;
            if (shown <= SHOWN) {
                err.println(unreadable);
            } else if (shown == SHOWN + 1) {
                err.println("… further unreadable records are counted only");
            }
        }
    }
}
