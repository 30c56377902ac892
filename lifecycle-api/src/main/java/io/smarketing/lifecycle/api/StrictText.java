package io.smarketing.lifecycle.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.converter.StringHttpMessageConverter;
import org.springframework.web.ErrorResponseException;

/** Text is taken as it was written or not at all: what cannot be decoded would be kept as question marks. */
final class StrictText extends StringHttpMessageConverter {

    StrictText() {
        super(StandardCharsets.UTF_8);
    }

    @Override
    protected String readInternal(Class<? extends String> type, HttpInputMessage message) throws IOException {
        MediaType contentType = message.getHeaders().getContentType();
        Charset declared = contentType == null ? null : contentType.getCharset();
        return decoded(message.getBody().readAllBytes(), declared == null ? StandardCharsets.UTF_8 : declared);
    }

    static String decoded(byte[] bytes, Charset charset) {
        CharsetDecoder decoder = charset.newDecoder();
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        CharBuffer text = CharBuffer.allocate((int) Math.ceil(bytes.length * (double) decoder.maxCharsPerByte()));
        if (decoder.decode(rest, text, true).isError() || decoder.flush(text).isError()) {
            throw undecodable(bytes, rest.position(), charset);
        }
        return text.flip().toString();
    }

    private static ErrorResponseException undecodable(byte[] bytes, int place, Charset charset) {
        String before = new String(bytes, 0, place, charset);
        return Problems.problem(
                HttpStatus.BAD_REQUEST,
                "unreadable-text",
                "",
                "the body is no %s: line %d has the byte 0x%02X"
                        .formatted(
                                charset.name(),
                                before.chars()
                                                .filter(character -> character == '\n')
                                                .count()
                                        + 1,
                                bytes[place]),
                "save the document as UTF-8 and send it again, or name its charset in Content-Type");
    }
}
