package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.funnel.metric.MetricTally;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** The days of a task. What is put is in the store at once; those that changed last stay in memory too, as they are there. */
final class MetricDayStore {

    private static final int MOST_IN_MEMORY = 500;

    private final KeyValueStore<Bytes, byte[]> store;
    private final Map<Bytes, MetricTally> latest = new LinkedHashMap<>(16, 0.75f, true);

    MetricDayStore(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    /**
     * A day's tally, to be read only, or to be changed and put.
     *
     * @param read of what the store holds
     */
    MetricTally get(Bytes key, Function<byte[], MetricTally> read) {
        MetricTally known = latest.get(key);
        if (known != null) {
            return known;
        }
        byte[] packed = store.get(key);
        return packed == null ? MetricTally.bounded() : read.apply(packed);
    }

    /** @param packed the tally's form in the store */
    void put(Bytes key, MetricTally tally, byte[] packed) {
        store.put(key, packed);
        latest.put(key, tally);
        if (latest.size() > MOST_IN_MEMORY) {
            latest.remove(latest.keySet().iterator().next());
        }
    }

    KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
        return store.range(from, to);
    }
}
