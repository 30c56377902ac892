package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.event.Quote;
import io.smarketing.lifecycle.projections.RefusedRequest;
import io.smarketing.lifecycle.yaml.Problem;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.util.List;
import java.util.Locale;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The problem answers of replays. */
final class RefusedReplay extends RefusedRequest {

    private static final long serialVersionUID = 1L;

    /**
     * An answer to be thrown.
     *
     * @param field empty when it is none
     */
    RefusedReplay(HttpStatus status, String code, String field, String detail, String mend) {
        super(status, code, field, detail, mend);
    }

    /** A policy that cannot be used, with all of its mistakes. */
    static RefusedReplay badPolicy(String field, RefusedDocument refused) {
        RefusedReplay refusal = new RefusedReplay(
                HttpStatus.UNPROCESSABLE_CONTENT,
                "policy-refused",
                field,
                "the policy cannot be used as it is",
                "mend what is listed under problems");
        refusal.getBody().setProperty("problems", json(refused.problems()));
        return refusal;
    }

    static ArrayNode json(List<Problem> problems) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (Problem problem : problems) {
            list.addObject()
                    .put("severity", problem.severity().name().toLowerCase(Locale.ROOT))
                    .put("line", problem.line())
                    .put("column", problem.column())
                    .put("message", problem.message())
                    .put("mend", problem.mend());
        }
        return list;
    }

    static RefusedReplay unknown(String id) {
        return new RefusedReplay(
                HttpStatus.NOT_FOUND,
                "unknown-replay",
                "id",
                "there is no replay '%s'".formatted(Quote.of(id)),
                "GET /v1/replays lists them");
    }

    static RefusedReplay notDone(ReplayArchive.Kept replay, String mend) {
        return new RefusedReplay(
                HttpStatus.CONFLICT,
                "not-done",
                "id",
                "the replay is %s".formatted(ReplayArchive.word(replay.status())),
                mend);
    }

    /** To be asked again later; nothing was begun. */
    static RefusedReplay later(HttpStatus status, String code, String detail, int seconds) {
        return later(status, code, "", detail, "ask again in %d s".formatted(seconds), seconds);
    }

    /**
     * The same where more can be done than to wait.
     *
     * @param field empty when it is none
     */
    static RefusedReplay later(HttpStatus status, String code, String field, String detail, String mend, int seconds) {
        RefusedReplay refusal = new RefusedReplay(status, code, field, detail, mend);
        refusal.getHeaders().set("Retry-After", String.valueOf(seconds));
        return refusal;
    }
}
