package io.smarketing.lifecycle.projections.stream;

import io.smarketing.lifecycle.projections.funnel.StageTable;
import io.swagger.v3.oas.annotations.Operation;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The funnel as it moves: a snapshot, then the rows that change, for an hour at most; clients come back and resume. */
@RestController
class StreamController {

    private static final int SECONDS = 5;

    private final Subscribers subscribers;
    private final StageTable table;

    StreamController(Subscribers subscribers, StageTable table) {
        this.subscribers = subscribers;
        this.table = table;
    }

    /**
     * A stream of server-sent events: {@code snapshot} for each dimension, then {@code rows}.
     *
     * @param dimension one or several
     * @param lastEventId for clients that cannot send the header {@code Last-Event-ID}; with either there is no snapshot, only
     *     what changed since
     */
    @Operation(summary = "The funnel as it moves, as server-sent events: a snapshot, then the rows that change")
    @GetMapping(path = "/v1/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    ResponseEntity<SseEmitter> stream(
            HttpMethod method,
            @RequestParam(defaultValue = "all") List<String> dimension,
            @RequestParam(defaultValue = StageTable.ACTIVE) String policy,
            @RequestParam(required = false) @Nullable String lastEventId,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventIdHeader) {
        table.require(policy, dimension);
        if (method.equals(HttpMethod.HEAD)) {
            // Spring asks here for HEAD, too, which looks at nothing: it takes no place.
            return head().build();
        }
        Long last = changeNumber(lastEventIdHeader != null ? lastEventIdHeader : lastEventId);
        Subscriber subscriber = subscribers
                .add(new Wanted(policy, new LinkedHashSet<>(dimension)), last)
                .orElseThrow(StreamController::tooMany);
        return head().body(subscriber.emitter());
    }

    private static ResponseEntity.BodyBuilder head() {
        return ResponseEntity.ok()
                .contentType(MediaType.TEXT_EVENT_STREAM)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header("X-Accel-Buffering", "no");
    }

    /** Null for what is no number of ours: that client begins anew. */
    private static @Nullable Long changeNumber(@Nullable String lastEventId) {
        if (lastEventId == null) {
            return null;
        }
        try {
            return Long.valueOf(lastEventId.trim());
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static ErrorResponseException tooMany() {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE, "as many streams are open as this server serves");
        problem.setProperty("code", "too-many-streams");
        problem.setProperty(
                "mend", "come back in %d s, close streams nobody looks at, or ask GET /v1/funnel".formatted(SECONDS));
        ErrorResponseException answer = new ErrorResponseException(HttpStatus.SERVICE_UNAVAILABLE, problem, null);
        answer.getHeaders().set(HttpHeaders.RETRY_AFTER, String.valueOf(SECONDS));
        return answer;
    }
}
