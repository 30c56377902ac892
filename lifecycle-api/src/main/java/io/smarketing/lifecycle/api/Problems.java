package io.smarketing.lifecycle.api;

import io.smarketing.lifecycle.event.Refusal;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import tools.jackson.databind.json.JsonMapper;

/** Answers that say what is wrong, where, and how to mend it (RFC 9457). */
public final class Problems {

    private static final int FULL_FOR_SECONDS = 60;

    private Problems() {}

    /**
     * An answer to be thrown.
     *
     * @param code stable and short
     * @param field the path of the field at fault; empty when there is none
     */
    public static ErrorResponseException problem(
            HttpStatusCode status, String code, String field, String detail, String mend) {
        return of(status, ProblemDetail.forStatusAndDetail(status, detail), code, field, mend);
    }

    private static ErrorResponseException of(
            HttpStatusCode status, ProblemDetail body, String code, String field, String mend) {
        body.setProperty("code", code);
        if (!field.isEmpty()) {
            body.setProperty("field", field);
        }
        body.setProperty("mend", mend);
        return new ErrorResponseException(status, body, null);
    }

    /** The same where there is no controller to throw it, as in a filter. */
    static void write(HttpServletResponse response, HttpStatus status, String code, String detail, String mend)
            throws IOException {
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream()
                .write(JsonMapper.shared()
                        .writeValueAsBytes(JsonMapper.shared()
                                .createObjectNode()
                                .put("title", status.getReasonPhrase())
                                .put("status", status.value())
                                .put("detail", detail)
                                .put("code", code)
                                .put("mend", mend)));
    }

    /** The same for an event or a field that is not taken. */
    public static ErrorResponseException refused(Refusal refusal) {
        HttpStatus status = switch (refusal.code()) {
            case "unreadable-json" -> HttpStatus.BAD_REQUEST;
            case "conflicting-duplicate" -> HttpStatus.CONFLICT;
            case "too-large" -> HttpStatus.CONTENT_TOO_LARGE;
            case "parking-full" -> HttpStatus.SERVICE_UNAVAILABLE;
            default -> HttpStatus.UNPROCESSABLE_CONTENT;
        };
        ErrorResponseException problem =
                problem(status, refusal.code(), refusal.field(), refusal.message(), refusal.mend());
        if (status == HttpStatus.SERVICE_UNAVAILABLE) {
            problem.getHeaders().set("Retry-After", String.valueOf(FULL_FOR_SECONDS));
        }
        return problem;
    }

    /** The database does not answer, or everything waits: nothing is lost, the same may be sent again. */
    public static ErrorResponseException unavailable(String detail, int seconds) {
        ErrorResponseException problem = problem(
                HttpStatus.SERVICE_UNAVAILABLE,
                "unavailable",
                "",
                detail,
                "send the same again in %d s; what was taken already is recognised".formatted(seconds));
        problem.getHeaders().set("Retry-After", String.valueOf(seconds));
        return problem;
    }
}
