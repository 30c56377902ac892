package io.smarketing.lifecycle.api.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.event.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLettersTest {

    private static final byte[] KEY = "L-1".getBytes(StandardCharsets.UTF_8);

    private static ProducerRecord<byte[], byte[]> letter(byte @Nullable [] value, List<Original.Header> headers) {
        return DeadLetters.letter(
                new Original(KEY, value, headers),
                new Refusal("too-large", "", "the event is too large", "send less"),
                Door.KAFKA,
                Instant.parse("2026-03-01T09:30:00Z"),
                List.of(
                        DeadLetters.header("dl_topic", "lead.intake"),
                        DeadLetters.header("dl_partition", "3"),
                        DeadLetters.header("dl_offset", "4711")));
    }

    private static Map<String, String> headers(ProducerRecord<byte[], byte[]> letter) {
        Map<String, String> headers = new HashMap<>();
        for (Header header : letter.headers()) {
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        return headers;
    }

    @Test
    void aLetterHasWhatCame() {
        byte[] value = "{}".getBytes(StandardCharsets.UTF_8);

        ProducerRecord<byte[], byte[]> letter = letter(value, List.of(new Original.Header("mine", KEY)));

        assertThat(letter.key()).isEqualTo(KEY);
        assertThat(letter.value()).isEqualTo(value);
        assertThat(headers(letter))
                .containsEntry("mine", "L-1")
                .containsEntry("dl_code", "too-large")
                .doesNotContainKey("dl_left_out");
    }

    @Test
    void whatIsTooLargeToBeSentGoesWithoutItsValueAndTellsWhereItIs() {
        for (int length : List.of(5 << 20, KafkaSettings.MOST_REQUEST_BYTES, KafkaSettings.MOST_REQUEST_BYTES - 100)) {
            ProducerRecord<byte[], byte[]> letter = letter(new byte[length], List.of(new Original.Header("mine", KEY)));

            assertThat(letter.value()).isNull();
            assertThat(letter.key()).isEqualTo(KEY);
            assertThat(headers(letter))
                    .containsEntry("mine", "L-1")
                    .containsEntry("dl_left_out", "value")
                    .containsEntry("dl_size", String.valueOf(length))
                    .containsEntry("dl_partition", "3")
                    .containsEntry("dl_offset", "4711");
        }
        assertThat(headers(letter(new byte[5 << 20], List.of())))
                .as("what sha256sum says of 5 MiB of zeros")
                .containsEntry("dl_sha256", "c036cbb7553a909f8b8877d4461924307f27ecb66cff928eeeafd569c3887e29");
    }

    @Test
    void headersThatAreTooLargeAreLeftOutToo() {
        List<Original.Header> large = List.of(new Original.Header("mine", new byte[5 << 20]));

        ProducerRecord<byte[], byte[]> letter = letter(null, large);

        assertThat(letter.key()).isNull();
        assertThat(headers(letter))
                .containsEntry("dl_left_out", "value, key, headers")
                .containsEntry("dl_code", "too-large")
                .doesNotContainKeys("mine", "dl_size");
    }
}
