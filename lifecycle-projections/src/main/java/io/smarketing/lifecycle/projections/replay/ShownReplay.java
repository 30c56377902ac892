package io.smarketing.lifecycle.projections.replay;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/**
 * A replay as it is told, over HTTP ({@link ReplayController} has the fields) and on {@code replay.results}, which has no metrics: these can be
 * larger than a record.
 */
final class ShownReplay {

    /** A value of {@code replay.results} has no more bytes than these; the topic takes 4 MiB with all that Kafka adds. */
    static final int MOST_BYTES = 4_000_000;

    private static final String RESULT = "result";
    private static final String WORKLOAD = "workload";
    private static final String METRICS = "metrics";
    private static final String DOCUMENTS = "documents";
    private static final JsonMapper MAPPER = new JsonMapper();

    private ShownReplay() {}

    /** The same as HTTP answers it to who asked for metrics. */
    static ObjectNode withMetrics(ObjectNode answer, String metrics) {
        // Beside the workload, before the result, and with its digits.
        JsonNode result = answer.remove(RESULT);
        answer.putRawValue(METRICS, new RawValue(metrics));
        if (result != null) {
            answer.set(RESULT, result);
        }
        return answer;
    }

    /**
     * A replay as HTTP answers it, but for metrics.
     *
     * @param progress null for what does not run
     * @param whole with result, workload and policies that came in the request
     */
    static ObjectNode json(ReplayArchive.Kept kept, Replays.@Nullable Progress progress, boolean whole) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("id", kept.id().toString());
        answer.put("status", ReplayArchive.word(kept.status()));
        boolean done = kept.status() == ReplayArchive.Status.DONE;
        answer.putObject("progress")
                .put("stage", progress == null ? ReplayArchive.word(kept.status()) : progress.stage())
                .put("done", progress == null ? (done ? kept.leads() : (Long) 0L) : (Long) progress.done())
                .put("total", progress == null ? kept.leads() : progress.total());
        String analyst = kept.analyst();
        if (analyst != null) {
            answer.put("analyst", analyst);
        }
        JsonNode request = MAPPER.readTree(kept.request());
        if (!whole && request instanceof ObjectNode object) {
            object.remove(DOCUMENTS);
        }
        answer.set("request", request);
        answer.put("createdAt", kept.createdAt().toString());
        answer.put("startedAt", text(kept.startedAt()));
        answer.put("finishedAt", text(kept.finishedAt()));
        answer.put("logPosition", kept.logPosition());
        answer.put("leadsListed", ReplayArchive.word(kept.listed()));
        answer.put("failure", kept.failure());
        String statistics = kept.statistics();
        answer.set("statistics", statistics == null ? null : MAPPER.readTree(statistics));
        String workload = kept.workload();
        if (whole && workload != null) {
            // Amounts keep their digits.
            answer.putRawValue(WORKLOAD, new RawValue(workload));
        }
        String result = kept.result();
        if (whole && result != null) {
            // As it was written: its hash is over these very characters.
            answer.putRawValue(RESULT, new RawValue(result));
        }
        return answer;
    }

    /**
     * A replay that has ended, as its record on {@code replay.results} has it: what HTTP answers, in UTF-8, or {@link #withoutResult} where that
     * would be too large.
     *
     * @param kept its result is null where it is too large by itself
     */
    static byte[] value(ReplayArchive.Kept kept) {
        if (kept.status() == ReplayArchive.Status.DONE && kept.result() == null) {
            return withoutResult(kept);
        }
        byte[] value = MAPPER.writeValueAsBytes(json(kept, null, true));
        return value.length <= MOST_BYTES ? value : withoutResult(kept);
    }

    /** The same without what can be large and without the workload: {@code result} is null, and it is said why, and where it is answered. */
    static byte[] withoutResult(ReplayArchive.Kept kept) {
        ObjectNode value = json(kept, null, false);
        if (kept.status() == ReplayArchive.Status.DONE) {
            value.putNull(RESULT).put("resultTooLarge", true).put("address", "/v1/replays/" + kept.id());
        }
        return MAPPER.writeValueAsBytes(value);
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
