package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.api.ApiConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What became of all that was sent, door by door; written in the transaction that it became of in. */
@Component
@DependsOn(ApiConfiguration.SCHEMA)
class Tallies {

    /** Counted on its own, so that the others have something to add up to. */
    static final String SENT = "sent";

    static final String STORED = "stored";
    static final String DUPLICATE = "duplicate";
    static final String PARKED = "parked";
    static final String REFUSED = "refused";
    static final String DEAD_LETTER = "dead-letter";

    /** The writer of counts that no writer makes. */
    private static final int EXPIRY = -1;

    private final JdbcClient jdbc;

    Tallies(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record Key(Door door, String outcome, String code) implements Comparable<Key> {

        @Override
        public int compareTo(Key other) {
            int order = door.compareTo(other.door);
            order = order != 0 ? order : outcome.compareTo(other.outcome);
            return order != 0 ? order : code.compareTo(other.code);
        }
    }

    /** Counts to be added together. */
    static final class Sheet {

        private final Map<Key, Long> counts = new TreeMap<>();

        void count(Door door, String outcome) {
            count(door, outcome, "", 1);
        }

        void count(Door door, String outcome, String code, long number) {
            counts.merge(new Key(door, outcome, code), number, Long::sum);
        }

        /** What is refused over HTTP is answered; what is refused on the topic lies among the dead letters. */
        void refused(Door door, String code) {
            count(door, door == Door.HTTP ? REFUSED : DEAD_LETTER, code, 1);
        }
    }

    void add(Sheet sheet, int writer) {
        if (sheet.counts.isEmpty()) {
            return;
        }
        List<String> doors = new ArrayList<>();
        List<String> outcomes = new ArrayList<>();
        List<String> codes = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        sheet.counts.forEach((key, number) -> {
            doors.add(key.door().word());
            outcomes.add(key.outcome());
            codes.add(key.code());
            numbers.add(number);
        });
        jdbc.sql("INSERT INTO lifecycle.intake_tally AS t (door, outcome, code, writer, count)"
                        + " SELECT n.door, n.outcome, n.code, ?, n.count"
                        + " FROM unnest(?, ?, ?, ?) AS n (door, outcome, code, count)"
                        + " ON CONFLICT (door, outcome, code, writer) DO UPDATE SET count = t.count + excluded.count")
                .params(
                        writer,
                        doors.toArray(String[]::new),
                        outcomes.toArray(String[]::new),
                        codes.toArray(String[]::new),
                        numbers.toArray(Long[]::new))
                .update();
    }

    void addExpired(Sheet sheet) {
        add(sheet, EXPIRY);
    }

    /** All counts there are. */
    Map<Key, Long> read() {
        Map<Key, Long> counts = new TreeMap<>();
        jdbc.sql("SELECT door, outcome, code, sum(count)::bigint FROM lifecycle.intake_tally GROUP BY 1, 2, 3")
                .query((row, number) -> counts.put(
                        new Key(
                                Door.valueOf(row.getString(1).toUpperCase(Locale.ROOT)),
                                row.getString(2),
                                row.getString(3)),
                        row.getLong(4)))
                .list();
        return counts;
    }
}
