package io.smarketing.lifecycle.projections.funnel;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the last records of some keys come to: rows to be written, and digests of the keys whose rows are to be taken away. Rows that
 * nobody can read are passed over, and told: waiting for them to mend would stop all the others.
 */
record Rows(List<@Nullable Object[]> written, List<Object[]> removed) {

    private static final Logger LOG = LoggerFactory.getLogger(Rows.class);

    /** Makes the columns of a row. */
    interface Reader {

        @Nullable Object[] columns(byte[] digest, String key, byte[] value) throws UnreadableRow;
    }

    static Rows of(Map<String, ConsumerRecord<byte[], byte[]>> latest, Reader reader) {
        Rows rows = new Rows(new ArrayList<>(latest.size()), new ArrayList<>());
        int unreadable = 0;
        String first = "";
        for (Map.Entry<String, ConsumerRecord<byte[], byte[]>> entry : latest.entrySet()) {
            byte[] digest = digest(entry.getKey());
            ConsumerRecord<byte[], byte[]> record = entry.getValue();
            if (record.value() == null) {
                rows.removed.add(new Object[] {digest});
                continue;
            }
            try {
                rows.written.add(reader.columns(digest, entry.getKey(), record.value()));
            } catch (UnreadableRow e) {
                if (unreadable++ == 0) {
                    first = "%s-%d@%d: %s"
                            .formatted(record.topic(), record.partition(), record.offset(), e.getMessage());
                }
            }
        }
        if (unreadable > 0) {
            LOG.warn("{} rows passed over that are not in the form of the topic; the first is {}", unreadable, first);
        }
        return rows;
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
