package io.smarketing.lifecycle.standalone.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Who takes the processor: the threads of this process by what they are for, and PostgreSQL's processes. */
final class Costs {

    private static final String POSTGRESQL = "PostgreSQL";
    private static final String OTHERS = "JVM (compiler, collector) and others";

    /** Beginnings of threads' names, the longer before the shorter. */
    private static final Map<String, String> PARTS = parts();

    private final ProcessHandle postgres;
    private final Map<String, Long> before;

    private Costs(ProcessHandle postgres) {
        this.postgres = postgres;
        this.before = nanos(postgres);
    }

    private static Map<String, String> parts() {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("kafka-intake", "intake: reading, decoding");
        parts.put("lead-writer", "writers: judging, storing");
        parts.put("relay", "relay");
        parts.put("table-writer", "read tables");
        parts.put("bench-reader", "this bench");
        parts.put("main", "this bench");
        parts.put("lifecycle-stages", "rows of stages (Kafka Streams)");
        parts.put("lifecycle-days", "metrics of days (Kafka Streams)");
        parts.put("data-plane-kafka", "broker");
        parts.put("kafka-", "broker and clients' networking");
        parts.put("group-coordinator", "broker");
        parts.put("transaction", "broker");
        parts.put("executor-", "broker");
        return parts;
    }

    /** @param postgres the first process of the database */
    static Costs begin(ProcessHandle postgres) {
        return new Costs(postgres);
    }

    /** Since the beginning, the dearest first. Threads that ended meanwhile are with the others. */
    Map<String, Double> microsPerEvent(int events) {
        Map<String, Long> now = nanos(postgres);
        Map<String, Double> costs = new TreeMap<>();
        now.forEach((part, nanos) -> costs.put(part, (nanos - before.getOrDefault(part, 0L)) / 1e3 / events));
        Map<String, Double> sorted = new LinkedHashMap<>();
        costs.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return sorted;
    }

    private static Map<String, Long> nanos(ProcessHandle postgres) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Map<String, Long> nanos = new TreeMap<>();
        long told = 0;
        for (ThreadInfo info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info != null) {
                long time = Math.max(0, threads.getThreadCpuTime(info.getThreadId()));
                told += time;
                nanos.merge(part(info.getThreadName()), time, Long::sum);
            }
        }
        long process = ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(Duration::toNanos)
                .orElse(told);
        nanos.merge(OTHERS, Math.max(0, process - told), Long::sum);
        nanos.put(
                POSTGRESQL,
                Stream.concat(Stream.of(postgres), postgres.descendants())
                        .mapToLong(child -> child.info()
                                .totalCpuDuration()
                                .map(Duration::toNanos)
                                .orElse(0L))
                        .sum());
        return nanos;
    }

    private static String part(String thread) {
        return PARTS.entrySet().stream()
                .filter(entry -> thread.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(OTHERS);
    }
}
