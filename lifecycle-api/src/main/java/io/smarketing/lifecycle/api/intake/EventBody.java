package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.api.Problems;
import io.smarketing.lifecycle.event.JsonMistakes;
import io.smarketing.lifecycle.event.Quote;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * The events in a request's body, each as the bytes that came, so that one that is broken does not harm the others.
 *
 * @param isBatch whether there may be another number than one
 */
record EventBody(List<byte[]> events, boolean isBatch) {

    /** Largest body, in bytes. */
    static final int MOST_BYTES = 16 << 20;

    /** Most events of one request. */
    static final int MOST_EVENTS = 10_000;

    private static final JsonMapper UTF_8 = new JsonMapper(JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
            .build());

    static byte[] read(InputStream in) throws IOException {
        byte[] body = in.readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) {
            throw Problems.problem(
                    HttpStatus.CONTENT_TOO_LARGE,
                    "body-too-large",
                    "",
                    "the body has more than %,d bytes".formatted(MOST_BYTES),
                    "send it in several requests, for example of 500 events each");
        }
        return body;
    }

    /** One event a line; blank lines are passed over. */
    static EventBody lines(byte[] body) {
        List<byte[]> lines = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i <= body.length; i++) {
            if (i == body.length || body[i] == '\n') {
                byte[] line = Arrays.copyOfRange(body, begin, i);
                if (!isBlank(line)) {
                    lines.add(line);
                    refuseMore(lines.size());
                }
                begin = i + 1;
            }
        }
        return new EventBody(lines, true);
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    private static void refuseMore(int events) {
        if (events > MOST_EVENTS) {
            throw Problems.problem(
                    HttpStatus.CONTENT_TOO_LARGE,
                    "batch-too-large",
                    "",
                    "there are more than %,d events in the body".formatted(MOST_EVENTS),
                    "send them in several requests, for example of 500 events each");
        }
    }

    /** One object, or an array of them. */
    static EventBody json(byte[] body) {
        boolean marked = body.length >= 3 && body[0] == (byte) 0xEF && body[1] == (byte) 0xBB && body[2] == (byte) 0xBF;
        int first = marked ? 3 : 0;
        while (first < body.length
                && (body[first] == ' ' || body[first] == '\t' || body[first] == '\r' || body[first] == '\n')) {
            first++;
        }
        if (first == body.length) {
            throw unreadable("the body is empty");
        }
        return body[first] == '['
                ? array(first == 0 ? body : Arrays.copyOfRange(body, first, body.length))
                : new EventBody(List.of(body), false);
    }

    /** Never another charset than UTF-8: places are counted in its bytes. */
    private static EventBody array(byte[] body) {
        if (body.length > 1 && body[1] == 0) {
            throw unreadable("the bytes are no UTF-8");
        }
        List<byte[]> events = new ArrayList<>();
        try (JsonParser parser = UTF_8.createParser(body)) {
            parser.nextToken();
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                if (token == null) {
                    throw unreadable("the array does not end");
                }
                int begin = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                if (token.isScalarValue()) {
                    // Its end is known once it is read.
                    parser.getString();
                }
                int end = (int) parser.currentLocation().getByteOffset();
                events.add(Arrays.copyOfRange(body, begin, end));
                refuseMore(events.size());
            }
            if (parser.nextToken() != null) {
                throw unreadable("something follows the array");
            }
        } catch (JacksonException e) {
            throw unreadable(JsonMistakes.message(e));
        }
        return new EventBody(events, true);
    }

    private static ErrorResponseException unreadable(String what) {
        return Problems.problem(
                HttpStatus.BAD_REQUEST,
                "unreadable-json",
                "",
                "no readable JSON: " + Quote.of(what),
                "send one CloudEvent as a JSON object, several in an array, or one a line as application/x-ndjson; nothing of this body was taken");
    }
}
