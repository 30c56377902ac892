package io.smarketing.lifecycle.api.intake;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values of {@code ce-} headers, which the HTTP binding of CloudEvents percent-encodes in UTF-8. */
final class HeaderValue {

    private static final Pattern ENCODED = Pattern.compile("(?:%[0-9A-Fa-f]{2})+");

    private HeaderValue() {}

    /** The attribute's value; percent signs that encode nothing, or no UTF-8, are left as they are. */
    static String decoded(String value) {
        return value.indexOf('%') < 0
                ? value
                : ENCODED.matcher(value).replaceAll(found -> Matcher.quoteReplacement(text(found.group())));
    }

    private static String text(String encoded) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < encoded.length(); i += 3) {
            bytes.write(Integer.parseInt(encoded.substring(i + 1, i + 3), 16));
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            return encoded;
        }
    }
}
