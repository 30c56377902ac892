package io.smarketing.lifecycle.api.relay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** Reads the next batch, and takes it apart, in a thread of its own while the last one is sent and committed. */
final class ReadAhead implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 10;

    private final StoredRows rows;
    private final Letters letters;
    private final IntSupplier partitions;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "relay-read-ahead"));
    private @Nullable Future<Batch> next;

    /**
     * Reads and takes apart.
     *
     * @param partitions how many there are to carry to
     */
    ReadAhead(StoredRows rows, Letters letters, IntSupplier partitions) {
        this.rows = rows;
        this.letters = letters;
        this.partitions = partitions;
    }

    /**
     * What goes to Kafka in one transaction.
     *
     * @param lasts the position of the last one in each partition that gets any
     * @param end the position of the last; that of the one before the first where there is none
     */
    record Batch(List<ProducerRecord<byte[], byte[]>> letters, Map<Integer, Long> lasts, long end, boolean more) {}

    /** The batch behind a position; when it is not the last there is, the next is begun. */
    Batch behind(long position) {
        Future<Batch> asked = next == null ? ask(position) : next;
        next = null;
        Batch batch = answer(asked);
        if (batch.more()) {
            next = ask(batch.end());
        }
        return batch;
    }

    private Future<Batch> ask(long position) {
        return thread.submit(() -> {
            StoredRows.Page page = rows.behind(position);
            if (page.rows().isEmpty()) {
                return new Batch(List.of(), Map.of(), position, page.more());
            }
            int partitionsNow = partitions.getAsInt();
            List<ProducerRecord<byte[], byte[]>> records =
                    new ArrayList<>(page.rows().size());
            Map<Integer, Long> lasts = new HashMap<>();
            for (StoredRow row : page.rows()) {
                ProducerRecord<byte[], byte[]> letter = letters.of(row, partitionsNow);
                records.add(letter);
                lasts.put(letter.partition(), row.position());
            }
            return new Batch(records, lasts, page.end(), page.more());
        });
    }

    private static Batch answer(Future<Batch> asked) {
        try {
            return asked.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    /** Returns when the connection is no longer used. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the store does not answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
