package io.smarketing.lifecycle.standalone.serve;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has it written into the cluster's metadata that a broker which was killed leads nothing any more, before a new one starts on its data.
 *
 * <p>A new broker would start from metadata in which its predecessor still leads everything (Kafka 4.3.1), take itself for the leader and read
 * the transactions that were being ended. Their markers find no way, for nobody listens yet; then the predecessor's session ends, partitions
 * have no leader for a moment, and the coordinator takes such for deleted: it skips their markers and holds the transaction for ended.
 * Readers of committed records would wait there for ever, if {@link HangingTransactions} did not look.
 */
final class KilledBroker {

    private static final Logger LOG = LoggerFactory.getLogger(KilledBroker.class);
    private static final String FENCED = "kafka.controller:type=KafkaController,name=FencedBrokerCount";
    private static final int SESSION_MILLIS = 300;
    private static final int WITHIN_SECONDS = 10;
    private static final long LOOK_EVERY_MILLIS = 20;

    private KilledBroker() {}

    /** Runs the controller alone until it has done so; the broker's session is short, as there is none. */
    static void fence(Path data) throws IOException {
        Map<String, String> settings = EmbeddedKafka.controllerSettings(data, Port.preferably(0));
        settings.put("broker.session.timeout.ms", Integer.toString(SESSION_MILLIS));
        settings.put("broker.heartbeat.interval.ms", Integer.toString(SESSION_MILLIS / 2));
        KafkaRaftServer controller = new KafkaRaftServer(KafkaConfig.apply(settings, false), Time.SYSTEM);
        try {
            controller.startup();
            awaitFenced();
        } catch (RuntimeException e) {
            // Whether the data can be worked with is told by the start that follows.
            LOG.warn("the broker that was killed is not known to be gone: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            controller.shutdown();
            controller.awaitShutdown();
        }
    }

    private static void awaitFenced() throws InterruptedException {
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(WITHIN_SECONDS);
        while (fenced() == 0) {
            if (System.nanoTime() > patience) {
                throw new IllegalStateException(
                        "the controller has not fenced it within %d s".formatted(WITHIN_SECONDS));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
    }

    private static int fenced() {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        try {
            return ((Number) beans.getAttribute(new ObjectName(FENCED), "Value")).intValue();
        } catch (InstanceNotFoundException e) {
            return 0;
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }
}
