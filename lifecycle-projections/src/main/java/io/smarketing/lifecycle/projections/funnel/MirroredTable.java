package io.smarketing.lifecycle.projections.funnel;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A table with a row for each key of a compacted topic. It is only written within a transaction of {@link ReadTables}. */
interface MirroredTable {

    String topic();

    /** Takes all rows away. */
    void clear();

    /**
     * Writes the last records of some keys; one without a value takes its row away. What nobody can read is passed over, and told.
     *
     * @param latest by key
     */
    void put(Map<String, ConsumerRecord<byte[], byte[]>> latest);
}
