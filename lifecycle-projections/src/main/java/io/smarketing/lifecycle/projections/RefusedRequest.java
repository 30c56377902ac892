package io.smarketing.lifecycle.projections;

import io.smarketing.lifecycle.event.Quote;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** A problem answer: stable code, field at fault, what is wrong, how to mend it. */
public class RefusedRequest extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    /**
     * An answer to be thrown.
     *
     * @param field empty when it is none
     */
    public RefusedRequest(HttpStatus status, String code, String field, String detail, String mend) {
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

    public static RefusedRequest badRequest(String code, String field, String detail, String mend) {
        return new RefusedRequest(HttpStatus.BAD_REQUEST, code, field, detail, mend);
    }

    /** There is no such thing; those that there are. */
    public static RefusedRequest unknown(String field, String name, Iterable<String> known) {
        return badRequest(
                "unknown-" + field,
                field,
                "there is no %s '%s'".formatted(field, Quote.of(name)),
                "use one of " + String.join(", ", known));
    }
}
