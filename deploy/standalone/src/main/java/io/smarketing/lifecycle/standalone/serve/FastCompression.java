package io.smarketing.lifecycle.standalone.serve;

import net.jpountz.lz4.LZ4Factory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka compresses by LZ4, and lz4-java takes its native code only where the class loader of the system has loaded it, not from a jar within a jar,
 * or where it is loaded already. In Java alone it took a fifteenth of the engine's time.
 */
final class FastCompression {

    private static final Logger LOG = LoggerFactory.getLogger(FastCompression.class);

    private FastCompression() {}

    /** To be called before anything speaks to Kafka. Where there is no native code for the machine, Java's does the same. */
    static void load() {
        try {
            LOG.debug("Kafka's records are compressed by {}", LZ4Factory.nativeInstance());
        } catch (LinkageError | RuntimeException e) {
            LOG.debug("Kafka's records are compressed in Java", e);
        }
    }
}
