package io.smarketing.lifecycle.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.ErrorResponseException;

class StrictTextTest {

    private static void assertRefused(byte[] bytes, Charset charset, String detail) {
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> StrictText.decoded(bytes, charset))
                .satisfies(refusal -> assertThat(refusal.getBody().getDetail()).isEqualTo(detail));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "name: p\n", "Größe € 😀\r\n\u0000"})
    void textIsTakenAsItIs(String text) {
        for (Charset charset : new Charset[] {StandardCharsets.UTF_8, StandardCharsets.UTF_16BE}) {
            assertThat(StrictText.decoded(text.getBytes(charset), charset)).isEqualTo(text);
        }
    }

    @Test
    void whatCannotBeDecodedIsToldWithItsLine() {
        byte[] latin = "name: p\n# Größe\n".getBytes(StandardCharsets.ISO_8859_1);
        assertRefused(latin, StandardCharsets.UTF_8, "the body is no UTF-8: line 2 has the byte 0xF6");
        assertThat(StrictText.decoded(latin, StandardCharsets.ISO_8859_1)).isEqualTo("name: p\n# Größe\n");
        assertRefused(
                new byte[] {(byte) 0xE2}, StandardCharsets.UTF_8, "the body is no UTF-8: line 1 has the byte 0xE2");
        assertRefused(
                new byte[] {'a', '\n', (byte) 0xED, (byte) 0xA0, (byte) 0x80},
                StandardCharsets.UTF_8,
                "the body is no UTF-8: line 2 has the byte 0xED");
        assertRefused(
                new byte[] {0, 'a', 0}, StandardCharsets.UTF_16BE, "the body is no UTF-16BE: line 1 has the byte 0x00");
    }
}
