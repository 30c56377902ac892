package io.smarketing.lifecycle.api;

import java.sql.SQLException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What the database says, told as an answer: what it cannot hold is the asker's mistake, its absence passes. */
@RestControllerAdvice
class DatabaseProblems {

    private static final String UNTRANSLATABLE_CHARACTER = "22021";

    @ExceptionHandler
    ResponseEntity<ProblemDetail> untold(DataAccessException exception) {
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(exception);
        if (cause instanceof SQLException sql && UNTRANSLATABLE_CHARACTER.equals(sql.getSQLState())) {
            return answer(Problems.problem(
                    HttpStatus.BAD_REQUEST,
                    "invalid-character",
                    "",
                    "a value has a character that cannot be stored (U+0000)",
                    "leave it out"));
        }
        if (exception instanceof DataAccessResourceFailureException
                || exception instanceof TransientDataAccessException) {
            return away();
        }
        throw exception;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> away(CannotCreateTransactionException exception) {
        return away();
    }

    private static ResponseEntity<ProblemDetail> away() {
        return answer(Problems.unavailable("the database does not answer", 2));
    }

    private static ResponseEntity<ProblemDetail> answer(ErrorResponseException problem) {
        return ResponseEntity.status(problem.getStatusCode())
                .headers(problem.getHeaders())
                .body(problem.getBody());
    }
}
