package io.smarketing.lifecycle.projections.funnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FlatJsonTest {

    @Test
    void decimalsKeepTheirDigits() throws UnreadableRow {
        assertThat(FlatJson.read("{\"mean\":1.500000,\"p50\":0.000000}"))
                .hasToString("{\"mean\":1.500000,\"p50\":0.000000}");
    }

    @Test
    void whatPostgresqlCannotHoldIsReplaced() {
        assertThat(FlatJson.storable("a\0b")).isEqualTo("a\uFFFDb");
        assertThat(FlatJson.storable("\uD83D")).isEqualTo("\uFFFD");
        assertThat(FlatJson.storable("x\uDE00\uD83D")).isEqualTo("x\uFFFD\uFFFD");
        assertThat(FlatJson.storable("😀 stays")).isEqualTo("😀 stays");
    }

    @Test
    void soItIsInEveryTextOfARow() throws UnreadableRow {
        byte[] row =
                "{\"value\":\"a\\u0000b\",\"stages\":{\"x\":\"\\u0000\"},\"n\":1.10}".getBytes(StandardCharsets.UTF_8);

        assertThat(FlatJson.storable(FlatJson.readObject(row)))
                .hasToString("{\"value\":\"a\uFFFDb\",\"stages\":{\"x\":\"\uFFFD\"},\"n\":1.10}");
    }
}
