package io.smarketing.lifecycle.api;

import io.smarketing.lifecycle.event.JsonMistakes;
import io.smarketing.lifecycle.event.Quote;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponseException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** What is wrong with a request's body: the field, what it has to be, how to mend it. */
final class UnreadableBody {

    private UnreadableBody() {}

    static ErrorResponseException problem(HttpMessageNotReadableException exception) {
        Throwable cause = exception.getCause();
        if (cause instanceof UnrecognizedPropertyException unknown) {
            return unknownField(unknown);
        } else if (cause instanceof MismatchedInputException mismatched) {
            return wrongType(mismatched, mismatched.getTargetType());
        } else if (cause instanceof InputCoercionException outOfRange) {
            return wrongType(outOfRange, outOfRange.getTargetType());
        } else if (cause instanceof JacksonException unreadable) {
            return unreadable(unreadable);
        }
        return problem("unreadable-body", "", "the body is missing or cannot be read", "send what /v3/api-docs says");
    }

    private static ErrorResponseException problem(String code, String field, String detail, String mend) {
        return Problems.problem(HttpStatus.BAD_REQUEST, code, field, detail, mend);
    }

    private static ErrorResponseException unknownField(UnrecognizedPropertyException unknown) {
        String field = field(unknown.getPath());
        return problem(
                "unknown-field",
                field,
                "there is no field '%s'".formatted(field),
                "leave it out; there are "
                        + unknown.getKnownPropertyIds().stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining(", ")));
    }

    private static ErrorResponseException wrongType(JacksonException wrong, @Nullable Class<?> type) {
        String field = field(wrong.getPath());
        if (wrong instanceof InvalidFormatException format
                && type == String.class
                && format.getValue() instanceof String) {
            return problem(
                    "wrong-type",
                    field,
                    "'%s' holds half a character".formatted(field),
                    "write \\u escapes of surrogates in pairs");
        }
        return problem(
                "wrong-type",
                field,
                field.isEmpty() ? "the body is not one JSON object" : "'%s' is no %s".formatted(field, name(type)),
                mend(type));
    }

    private static String name(@Nullable Class<?> type) {
        if (type == String.class) {
            return "text";
        } else if (type == BigDecimal.class) {
            return "number";
        } else if (isWhole(type)) {
            return String.format(
                    Locale.ROOT, "whole number of at most %,d", isInt(type) ? Integer.MAX_VALUE : Long.MAX_VALUE);
        } else if (type == Boolean.class) {
            return "truth value";
        }
        return isArray(type) ? "array" : "JSON object";
    }

    private static String mend(@Nullable Class<?> type) {
        if (type == String.class) {
            return "write it in quotes";
        } else if (type == BigDecimal.class) {
            return "write it without quotes, as 12.5";
        } else if (isWhole(type)) {
            return "write it without quotes and without a fraction, as 500";
        } else if (type == Boolean.class) {
            return "write true or false, without quotes";
        }
        return isArray(type) ? "write it as [ … ]" : "write it as { … }; /v3/api-docs tells its fields";
    }

    private static boolean isArray(@Nullable Class<?> type) {
        return type != null && Collection.class.isAssignableFrom(type);
    }

    private static boolean isInt(@Nullable Class<?> type) {
        return type == Integer.class || type == int.class;
    }

    private static boolean isWhole(@Nullable Class<?> type) {
        return isInt(type) || type == Long.class || type == long.class;
    }

    private static ErrorResponseException unreadable(JacksonException unreadable) {
        // What goes beyond a limit has no place.
        TokenStreamLocation place = unreadable.getLocation();
        return problem(
                "unreadable-json",
                "",
                "the body is no JSON: %s%s"
                        .formatted(
                                place == null || place.getLineNr() < 1
                                        ? ""
                                        : "line %d, column %d: ".formatted(place.getLineNr(), place.getColumnNr()),
                                Quote.of(JsonMistakes.message(unreadable))),
                "send one JSON object in UTF-8, no field of it twice");
    }

    /** As {@code letters[0].offset}. */
    private static String field(List<JacksonException.Reference> path) {
        StringBuilder field = new StringBuilder();
        for (JacksonException.Reference step : path) {
            String name = step.getPropertyName();
            if (name == null) {
                field.append('[').append(step.getIndex()).append(']');
            } else {
                field.append(field.isEmpty() ? "" : ".").append(name);
            }
        }
        return Quote.of(field.toString());
    }
}
