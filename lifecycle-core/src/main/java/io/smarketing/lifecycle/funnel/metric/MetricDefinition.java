package io.smarketing.lifecycle.funnel.metric;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has to be settled before leads are added up: figures of different definitions cannot be merged. */
public final class MetricDefinition {

    /** Raised when a metric comes to mean something else. */
    private static final String MEANING = "metrics.v1";

    private static final int MOST_PATHS = 16;
    private static final int MOST_WINDOWS = 15;
    private static final int HASH_LENGTH = 12;

    private final ZoneId zone;
    private final List<ConversionPath> paths;
    private final List<Duration> windows;
    private final String hash;

    /**
     * Sorts the windows, and checks that there are no more than fit.
     *
     * @param zone whose midnights part the days
     * @param paths the conversions that are counted
     * @param windows within which a conversion counts, the end included; conversions without a limit are counted beside them
     */
    public MetricDefinition(ZoneId zone, List<ConversionPath> paths, List<Duration> windows) {
        this.zone = zone;
        this.paths = List.copyOf(paths);
        this.windows = windows.stream().sorted().distinct().toList();
        if (paths.size() > MOST_PATHS || this.windows.size() > MOST_WINDOWS) {
            throw new IllegalArgumentException(
                    "at most %d conversions and %d windows".formatted(MOST_PATHS, MOST_WINDOWS));
        }
        this.hash = hash("%s|%s|%s|%s".formatted(MEANING, zone, this.paths, this.windows));
    }

    /** From each open stage to all that follow it, within 7, 14, 30 and 90 days. */
    public static MetricDefinition standard(ZoneId zone) {
        return new MetricDefinition(
                zone,
                ConversionPath.ladders(),
                List.of(Duration.ofDays(7), Duration.ofDays(14), Duration.ofDays(30), Duration.ofDays(90)));
    }

    private static String hash(String settled) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(settled.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    public ZoneId zone() {
        return zone;
    }

    public List<ConversionPath> paths() {
        return paths;
    }

    /** Ascending. */
    public List<Duration> windows() {
        return windows;
    }

    /** Tells definitions apart: the beginning of a SHA-256 over all that is settled. */
    public String hash() {
        return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof MetricDefinition that
                        && zone.equals(that.zone)
                        && paths.equals(that.paths)
                        && windows.equals(that.windows));
    }

    @Override
    public int hashCode() {
        return hash.hashCode();
    }
}
