package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a partition has on the disk while its broker is stopped. */
record StoppedLog(Path partition) {

    /** The first offset, and the length of what comes behind that length. */
    private static final long BATCH_HEAD = (long) Long.BYTES + Integer.BYTES;
    /** Behind the epoch, the magic byte and the checksum. */
    private static final long ATTRIBUTES = BATCH_HEAD + Integer.BYTES + Byte.BYTES + Integer.BYTES;

    private static final int ENDS_TRANSACTION = 1 << 5;

    /**
     * Cuts off the last transaction with its end, as a power cut may. Batches are whole: a torn one is cut off by the broker itself when it
     * looks through what it has, which it does where it was not stopped in good order.
     */
    void loseLastTransaction() {
        try (RandomAccessFile log = new RandomAccessFile(
                partition.resolve("00000000000000000000.log").toFile(), "rw")) {
            List<Long> transactionEnds = new ArrayList<>(List.of(0L));
            long next = 0;
            // The files are made longer than what is written in them.
            while (next + BATCH_HEAD <= log.length() && lengthOfBatch(log, next) > BATCH_HEAD) {
                long batch = next;
                next += lengthOfBatch(log, batch);
                log.seek(batch + ATTRIBUTES);
                if ((log.readShort() & ENDS_TRANSACTION) != 0) {
                    transactionEnds.add(next);
                }
            }
            assertThat(transactionEnds)
                    .as("there are transactions in " + partition)
                    .hasSizeGreaterThan(1);
            log.setLength(transactionEnds.get(transactionEnds.size() - 2));
            Files.deleteIfExists(partition.resolveSibling(".kafka_cleanshutdown"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long lengthOfBatch(RandomAccessFile log, long at) throws IOException {
        log.seek(at + Long.BYTES);
        return BATCH_HEAD + log.readInt();
    }
}
