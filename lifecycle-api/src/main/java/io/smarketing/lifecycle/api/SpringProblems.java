package io.smarketing.lifecycle.api;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** What Spring refuses before a controller is asked, as a path that is not there, with a code and a mend as all other answers. */
@ControllerAdvice
@Order(0)
class SpringProblems extends ResponseEntityExceptionHandler {

    private static final String CODE = "code";

    @Override
    protected ResponseEntity<Object> createResponseEntity(
            @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (body instanceof ProblemDetail problem && !has(problem, CODE)) {
            problem.setProperty(CODE, code(status));
            problem.setProperty("mend", mend(status, headers));
        }
        return super.createResponseEntity(body, headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException exception, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return handleExceptionInternal(
                exception, UnreadableBody.problem(exception).getBody(), headers, status, request);
    }

    private static boolean has(ProblemDetail problem, String property) {
        Map<String, @Nullable Object> properties = problem.getProperties();
        return properties != null && properties.containsKey(property);
    }

    private static String code(HttpStatusCode status) {
        HttpStatus known = HttpStatus.resolve(status.value());
        return switch (status.value()) {
            case 404 -> "unknown-path";
            case 415 -> "unsupported-content-type";
            default ->
                known == null
                        ? "status-" + status.value()
                        : known.name().toLowerCase(Locale.ROOT).replace('_', '-');
        };
    }

    private static String mend(HttpStatusCode status, HttpHeaders headers) {
        return switch (status.value()) {
            case 405 -> headers.getAllow().isEmpty() ? "use another method" : "use " + headers.getAllow();
            case 406 -> "accept application/json, or send no Accept";
            case 415 ->
                headers.getAccept().isEmpty()
                        ? "send another Content-Type"
                        : "send as Content-Type one of " + headers.getAccept();
            default -> "see /v3/api-docs for the paths and what each takes";
        };
    }
}
