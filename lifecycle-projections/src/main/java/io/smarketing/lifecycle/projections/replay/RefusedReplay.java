package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.yaml.Problem;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** A problem answer: stable code, field at fault, what is wrong, how to mend it. */
final class RefusedReplay extends ErrorResponseException {

    private static final long serialVersionUID = 1L;
    private static final int LONGEST_QUOTE = 200;

    /**
     * An answer to be thrown.
     *
     * @param field empty when it is none
     */
    RefusedReplay(HttpStatus status, String code, String field, String detail, String mend) {
        super(status, body(status, code, field, detail, mend), null);
    }

    private static ProblemDetail body(HttpStatus status, String code, String field, String detail, String mend) {
        ProblemDetail body = ProblemDetail.forStatusAndDetail(status, detail);
        body.setProperty("code", code);
        if (!field.isEmpty()) {
            body.setProperty("field", field);
        }
        body.setProperty("mend", mend);
        return body;
    }

    static RefusedReplay badRequest(String code, String field, String detail, String mend) {
        return new RefusedReplay(HttpStatus.BAD_REQUEST, code, field, detail, mend);
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
                "there is no replay '%s'".formatted(shortened(id)),
                "GET /v1/replays lists them");
    }

    /** To be asked again later; nothing was begun. */
    static RefusedReplay later(HttpStatus status, String code, String detail, int seconds) {
        RefusedReplay refusal = new RefusedReplay(status, code, "", detail, "ask again in %d s".formatted(seconds));
        refusal.getHeaders().set("Retry-After", String.valueOf(seconds));
        return refusal;
    }

    /** What came from outside and is quoted: not too long, and nothing in it that UTF-8 cannot write. */
    static String shortened(String text) {
        String start = text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
        return new String(start.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
