package io.smarketing.lifecycle.projections.metric;

import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** A problem answer: stable code, field at fault, what is wrong, how to mend it. */
final class RefusedMetric extends ErrorResponseException {

    private static final long serialVersionUID = 1L;
    private static final int LONGEST_QUOTE = 200;

    /** An answer to be thrown. */
    RefusedMetric(HttpStatus status, String code, String field, String detail, String mend) {
        super(status, body(status, code, field, detail, mend), null);
    }

    private static ProblemDetail body(HttpStatus status, String code, String field, String detail, String mend) {
        ProblemDetail body = ProblemDetail.forStatusAndDetail(status, detail);
        body.setProperty("code", code);
        body.setProperty("field", field);
        body.setProperty("mend", mend);
        return body;
    }

    static RefusedMetric badRequest(String code, String field, String detail, String mend) {
        return new RefusedMetric(HttpStatus.BAD_REQUEST, code, field, detail, mend);
    }

    /** There is no such thing; those that there are. */
    static RefusedMetric unknown(String field, String name, Iterable<String> known) {
        return badRequest(
                "unknown-" + field,
                field,
                "there is no %s '%s'".formatted(field, shortened(name)),
                "use one of " + String.join(", ", known));
    }

    /** What came from outside and is quoted: not too long, and nothing in it that UTF-8 cannot write. */
    static String shortened(String text) {
        String start = text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
        return new String(start.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
