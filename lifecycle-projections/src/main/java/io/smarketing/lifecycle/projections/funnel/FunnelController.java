package io.smarketing.lifecycle.projections.funnel;

import io.swagger.v3.oas.annotations.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The funnel as the read tables hold it: seconds behind the events at most. */
@RestController
@RequestMapping(path = "/v1/funnel", produces = MediaType.APPLICATION_JSON_VALUE)
class FunnelController {

    private final StageTable table;

    FunnelController(StageTable table) {
        this.table = table;
    }

    /** A row per value of the dimension; with a limit the first ones in order. */
    @Operation(summary = "The funnel by the values of a dimension")
    @GetMapping
    ObjectNode funnel(
            @RequestParam(defaultValue = "all") String dimension,
            @RequestParam(defaultValue = StageTable.ACTIVE) String policy,
            @RequestParam(required = false) @Nullable Integer limit) {
        if (limit != null && limit < 1) {
            throw tooSmall(limit);
        }
        table.require(policy, List.of(dimension));
        return FunnelAnswer.of(
                policy, dimension, table.rows(policy, dimension), limit == null ? Integer.MAX_VALUE : limit);
    }

    private static ErrorResponseException tooSmall(int limit) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.BAD_REQUEST, "a limit of %d leaves no row".formatted(limit));
        problem.setProperty("code", "invalid-field");
        problem.setProperty("field", "limit");
        problem.setProperty("mend", "use a number from 1 on, or leave it out for all rows");
        return new ErrorResponseException(HttpStatus.BAD_REQUEST, problem, null);
    }

    /** What the funnel of a policy can be asked by. */
    @Operation(summary = "What the funnel of a policy can be asked by")
    @GetMapping("/dimensions")
    ObjectNode dimensions(@RequestParam(defaultValue = StageTable.ACTIVE) String policy) {
        table.require(policy, List.of());
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("policy", policy);
        ArrayNode list = answer.putArray("dimensions");
        table.dimensions(policy).forEach(list::add);
        return answer;
    }
}
