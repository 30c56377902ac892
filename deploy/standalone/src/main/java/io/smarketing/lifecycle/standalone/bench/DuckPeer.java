package io.smarketing.lifecycle.standalone.bench;

import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.FoldOrder;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.lead.Stage;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * The same marks in DuckDB, of the same two cumulative policies, cycles and cooldown included: first marks by cycle, sets × outcomes, both
 * sides' funnels by source (leads ever marked, leads that entered each stage), ranks of the time to the first mark. How long visits took it does not tell, nor
 * how they ended: its answer is the smaller one.
 *
 * <p>Each capture, enrichment and activity is a row with the attributes and the cycle at that moment; the best form has the counts of the
 * cycle's activities up to it stored, the window form adds them up in the query. Each cycle is a row with the stages that it entered whatever is marked, and what
 * a mark changes of them.
 */
final class DuckPeer implements AutoCloseable {

    private static final List<String> ACTIVITIES =
            List.of("demo_request", "pricing_view", "webinar_attended", "email_click", "page_view");
    private static final long COOLDOWN = 30L * 24 * 3_600 * 1_000_000;

    private static final String FIT = """
            (CASE WHEN employees >= 10 THEN 15 ELSE 0 END + CASE WHEN employees >= 200 THEN 10 ELSE 0 END
             + CASE WHEN industry IN ('software', 'fintech') THEN 10 ELSE 0 END + CASE WHEN source = 'referral' THEN 10 ELSE 0 END)""";
    private static final String CANDIDATE =
            "least(60, 30 * n0) + least(30, 6 * n1) + least(20, 10 * n2) + least(15, 5 * n3) + least(10, n4)";
    private static final String BASELINE =
            "least(30, 30 * n0) + least(24, 8 * n1) + least(20, 10 * n2) + least(20, 5 * n3)";
    private static final int CANDIDATE_THRESHOLD = 45;
    private static final int BASELINE_THRESHOLD = 60;

    private final Connection connection;

    DuckPeer(List<LeadHistory> leads) throws SQLException {
        connection = DriverManager.getConnection("jdbc:duckdb:");
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE lead (lead INTEGER, source VARCHAR, captured BIGINT)");
            statement.execute("CREATE TABLE cycle (lead INTEGER, cycle INTEGER, outcome VARCHAR, entered INTEGER,"
                    + " worked BIGINT, contacted BIGINT, ended INTEGER)");
            statement.execute(
                    "CREATE TABLE evaluation (lead INTEGER, cycle INTEGER, place INTEGER, clock BIGINT, possible BIGINT, source VARCHAR,"
                            + " employees BIGINT, industry VARCHAR, n0 INTEGER, n1 INTEGER, n2 INTEGER, n3 INTEGER, n4 INTEGER,"
                            + " d0 INTEGER, d1 INTEGER, d2 INTEGER, d3 INTEGER, d4 INTEGER)");
        }
        DuckDBConnection duck = connection.unwrap(DuckDBConnection.class);
        try (DuckDBAppender lead = duck.createAppender(DuckDBConnection.DEFAULT_SCHEMA, "lead");
                DuckDBAppender cycle = duck.createAppender(DuckDBConnection.DEFAULT_SCHEMA, "cycle");
                DuckDBAppender evaluation = duck.createAppender(DuckDBConnection.DEFAULT_SCHEMA, "evaluation")) {
            for (int i = 0; i < leads.size(); i++) {
                append(i, leads.get(i), lead, cycle, evaluation);
            }
        }
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private static int bit(Stage stage) {
        return 1 << stage.ordinal();
    }

    /** What a lead visits in a cycle, as {@link io.smarketing.lifecycle.lead.Transition} has it, as far as no mark decides it. */
    private static final class Visited {

        private final boolean first;
        /** Whatever is marked. */
        private int entered;
        /** When sales took it up, or won it; a mark up to then enters MQL. */
        private long worked = Long.MAX_VALUE;
        /** The last contact that only a mark before it makes a visit. */
        private long contacted = Long.MIN_VALUE;
        /** The end that only a mark makes a visit. */
        private int ended;

        Visited(int cycle) {
            first = cycle == 0;
            entered = first ? bit(Stage.CAPTURED) : 0;
        }

        private boolean isOpen() {
            return first || (entered & bit(Stage.ACCEPTED)) != 0;
        }

        private void accepted(long at) {
            worked = Math.min(worked, at);
            entered |= bit(Stage.ACCEPTED);
        }

        private void contacted(long at) {
            if (isOpen()) {
                worked = Math.min(worked, at);
                entered |= bit(Stage.CONTACTED);
            } else {
                contacted = at;
            }
        }

        private void won(long at) {
            worked = Math.min(worked, at);
            entered |= bit(Stage.WON);
        }

        private void ended(Stage stage) {
            if (isOpen()) {
                entered |= bit(stage);
            } else {
                ended = bit(stage);
            }
        }
    }

    /** By cycle, up to the win. */
    private static List<Visited> visited(LeadHistory history) {
        List<Visited> cycles = new ArrayList<>();
        Visited cycle = new Visited(0);
        cycles.add(cycle);
        for (Entry entry : FoldOrder.sorted(history.effective())) {
            LeadEvent event = entry.event();
            long at = micros(entry.occurredAt());
            if (event instanceof LeadEvent.Accepted) {
                cycle.accepted(at);
            } else if (event instanceof LeadEvent.Contacted) {
                cycle.contacted(at);
            } else if (event instanceof LeadEvent.Won) {
                cycle.won(at);
                return cycles;
            } else if (event instanceof LeadEvent.Rejected || event instanceof LeadEvent.Lost) {
                cycle.ended(event instanceof LeadEvent.Lost ? Stage.LOST : Stage.REJECTED);
                cycle = new Visited(cycles.size());
                cycles.add(cycle);
            }
        }
        return cycles;
    }

    private static void append(
            int number, LeadHistory history, DuckDBAppender lead, DuckDBAppender cycles, DuckDBAppender evaluation)
            throws SQLException {
        LeadFold fold = LeadFold.of(history, Marks.recorded()).orElse(null);
        if (fold == null) {
            return;
        }
        String source = (String) fold.attribute("source");
        lead.beginRow();
        lead.append(number);
        lead.append(source);
        lead.append(micros(fold.capturedAt()));
        lead.endRow();
        List<Cycle> all = fold.cycles();
        List<Visited> visited = visited(history);
        for (int i = 0; i < all.size(); i++) {
            Visited stages = i < visited.size() ? visited.get(i) : new Visited(i);
            cycles.beginRow();
            cycles.append(number);
            cycles.append(i);
            cycles.append(all.get(i).outcome().name());
            cycles.append(stages.entered);
            cycles.append(stages.worked);
            cycles.append(stages.contacted);
            cycles.append(stages.ended);
            cycles.endRow();
        }
        Map<String, @Nullable Object> attributes = new HashMap<>();
        Map<String, @Nullable Object> first = new HashMap<>();
        int[] counts = new int[ACTIVITIES.size()];
        int cycle = 0;
        long clock = micros(fold.capturedAt());
        long capture = clock;
        long cycleEnd = Long.MIN_VALUE;
        int place = 0;
        for (Entry entry : FoldOrder.sorted(history.effective())) {
            LeadEvent event = entry.event();
            long at = micros(entry.occurredAt());
            int[] added = new int[ACTIVITIES.size()];
            if (event instanceof LeadEvent.Captured captured) {
                if (place == 0) {
                    first.putAll(captured.attributes());
                }
                attributes.putAll(captured.attributes());
            } else if (event instanceof LeadEvent.Enriched enriched) {
                enriched.attributes().forEach((name, value) -> {
                    if (at >= capture || !first.containsKey(name)) {
                        attributes.put(name, value);
                    }
                });
            } else if (event instanceof LeadEvent.Activity activity) {
                int which = ACTIVITIES.indexOf(activity.activity());
                if (which >= 0 && at > cycleEnd) {
                    added[which] = activity.count();
                    counts[which] += activity.count();
                }
            } else if (event instanceof LeadEvent.Rejected || event instanceof LeadEvent.Lost) {
                clock = Math.max(clock, at);
                cycleEnd = clock;
                cycle++;
                counts = new int[ACTIVITIES.size()];
                continue;
            } else if (event instanceof LeadEvent.Won) {
                return;
            } else {
                continue;
            }
            clock = Math.max(clock, at);
            evaluation.beginRow();
            evaluation.append(number);
            evaluation.append(cycle);
            evaluation.append(place++);
            evaluation.append(clock);
            evaluation.append(cycleEnd == Long.MIN_VALUE ? cycleEnd : cycleEnd + COOLDOWN);
            evaluation.append(source);
            if (attributes.get("employees") instanceof Long employees) {
                evaluation.append(employees.longValue());
            } else {
                evaluation.appendNull();
            }
            evaluation.append(attributes.get("industry") instanceof String industry ? industry : null);
            for (int count : counts) {
                evaluation.append(count);
            }
            for (int count : added) {
                evaluation.append(count);
            }
            evaluation.endRow();
        }
    }

    /** Lines of text, in order, to be compared with those of others. */
    List<String> bestForm() throws SQLException {
        return answer("evaluation");
    }

    List<String> windowForm() throws SQLException {
        return answer("""
                (SELECT lead, cycle, clock, possible, source, employees, industry, sum(d0) OVER w AS n0, sum(d1) OVER w AS n1,
                 sum(d2) OVER w AS n2, sum(d3) OVER w AS n3, sum(d4) OVER w AS n4 FROM evaluation
                 WINDOW w AS (PARTITION BY lead, cycle ORDER BY place ROWS UNBOUNDED PRECEDING))""");
    }

    private List<String> answer(String evaluation) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    """
                    CREATE OR REPLACE TEMP TABLE mark AS
                    SELECT lead, cycle,
                     min(clock) FILTER (%s + %s >= %d AND coalesce(industry, '') <> 'education' AND clock >= possible) AS c,
                     min(clock) FILTER (%s + %s >= %d AND coalesce(industry, '') <> 'education' AND clock >= possible) AS b
                    FROM %s GROUP BY lead, cycle""".formatted(FIT, CANDIDATE, CANDIDATE_THRESHOLD, FIT, BASELINE, BASELINE_THRESHOLD, evaluation));
            query(statement, lines, "sets", """
                    SELECT CASE WHEN cycle = 0 THEN 'first' ELSE 'other' END AS which,
                     CASE WHEN b IS NULL AND c IS NULL THEN 'NEITHER' WHEN b IS NULL THEN 'GAINED' WHEN c IS NULL THEN 'DROPPED'
                      WHEN c = b THEN 'KEPT' WHEN c < b THEN 'EARLIER' ELSE 'LATER' END AS s, outcome, count(*)
                    FROM cycle LEFT JOIN mark USING (lead, cycle) GROUP BY ALL ORDER BY 1, 2, 3""");
            query(statement, lines, "funnel", """
                    SELECT coalesce(source, '-'), count(*), %s, %s FROM lead JOIN
                    (SELECT lead, bool_or(b IS NOT NULL) AS marked_b, bool_or(c IS NOT NULL) AS marked_c, bit_or(%s) AS entered_b, bit_or(%s) AS entered_c
                     FROM cycle LEFT JOIN mark USING (lead, cycle) GROUP BY lead)
                    USING (lead) GROUP BY source ORDER BY 1""".formatted(leads("b"), leads("c"), entered("b"), entered("c")));
            query(statement, lines, "times", """
                    SELECT coalesce(source, '-'), quantile_disc(c - captured, 0.75), quantile_disc(c - captured, 0.9) FROM lead JOIN mark USING (lead)
                    WHERE cycle = 0 AND c IS NOT NULL GROUP BY source ORDER BY 1""");
        }
        return lines;
    }

    private static String leads(String side) {
        StringBuilder leads = new StringBuilder("count(*) FILTER (marked_" + side + ")");
        for (Stage stage : Stage.values()) {
            leads.append(", count(*) FILTER (entered_%s & %d <> 0)".formatted(side, bit(stage)));
        }
        return leads.toString();
    }

    /** The stages that a cycle entered, with a side's mark or without. */
    private static String entered(String side) {
        return "entered | CASE WHEN %s IS NULL THEN 0 ELSE ended | (%s <= worked)::INTEGER * %d | (%s <= contacted)::INTEGER * %d END"
                .formatted(side, side, bit(Stage.MQL), side, bit(Stage.CONTACTED));
    }

    private static void query(Statement statement, List<String> lines, String what, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                StringBuilder line = new StringBuilder(what);
                for (int i = 1; i <= columns; i++) {
                    line.append(' ').append(rows.getString(i));
                }
                lines.add(line.toString());
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
