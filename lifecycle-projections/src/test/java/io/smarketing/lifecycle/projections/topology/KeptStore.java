package io.smarketing.lifecycle.projections.topology;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * A store whose content outlives the test driver, which deletes what lies on disk: what a changelog would bring back after a restart.
 */
final class KeptStore implements KeyValueStore<Bytes, byte[]> {

    private final String name;
    private final NavigableMap<Bytes, byte[]> content;
    private final Position position = Position.emptyPosition();
    private boolean open;

    private KeptStore(String name, NavigableMap<Bytes, byte[]> content) {
        this.name = name;
        this.content = content;
    }

    /** The contents of all stores, by name. */
    record Disk(Map<String, NavigableMap<Bytes, byte[]>> stores) {

        Disk() {
            this(new TreeMap<>());
        }

        /** As it is now: what another driver writes to this one does not show in the copy. */
        Disk copy() {
            Disk copy = new Disk();
            stores.forEach((name, content) -> copy.stores.put(name, new TreeMap<>(content)));
            return copy;
        }

        KeyValueBytesStoreSupplier supplier(String name) {
            return new KeyValueBytesStoreSupplier() {
                @Override
                public String name() {
                    return name;
                }

                @Override
                public KeyValueStore<Bytes, byte[]> get() {
                    return new KeptStore(name, stores.computeIfAbsent(name, absent -> new TreeMap<>()));
                }

                @Override
                public String metricsScope() {
                    return "kept";
                }
            };
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        open = true;
        context.register(root, (key, value) -> put(Bytes.wrap(key), value));
    }

    @Override
    public void close() {
        open = false;
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public Position getPosition() {
        return position;
    }

    @Override
    public void put(Bytes key, byte @Nullable [] value) {
        if (value == null) {
            content.remove(key);
        } else {
            content.put(key, value);
        }
    }

    @Override
    public byte @Nullable [] putIfAbsent(Bytes key, byte[] value) {
        return content.putIfAbsent(key, value);
    }

    @Override
    public void putAll(List<KeyValue<Bytes, byte[]>> entries) {
        entries.forEach(entry -> put(entry.key, entry.value));
    }

    @Override
    public byte @Nullable [] delete(Bytes key) {
        return content.remove(key);
    }

    @Override
    public byte @Nullable [] get(Bytes key) {
        return content.get(key);
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> range(@Nullable Bytes from, @Nullable Bytes to) {
        NavigableMap<Bytes, byte[]> range = content;
        if (from != null) {
            range = range.tailMap(from, true);
        }
        if (to != null) {
            range = range.headMap(to, true);
        }
        return new ContentIterator(range);
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> all() {
        return new ContentIterator(content);
    }

    @Override
    public long approximateNumEntries() {
        return content.size();
    }

    private static final class ContentIterator implements KeyValueIterator<Bytes, byte[]> {

        private final TreeMap<Bytes, byte[]> left;
        private final Iterator<Map.Entry<Bytes, byte[]>> entries;

        ContentIterator(NavigableMap<Bytes, byte[]> content) {
            left = new TreeMap<>(content);
            entries = new TreeMap<>(content).entrySet().iterator();
        }

        @Override
        public void close() {}

        @Override
        public Bytes peekNextKey() {
            return left.firstKey();
        }

        @Override
        public boolean hasNext() {
            return entries.hasNext();
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            Map.Entry<Bytes, byte[]> entry = entries.next();
            left.remove(entry.getKey());
            return KeyValue.pair(entry.getKey(), entry.getValue());
        }
    }
}
