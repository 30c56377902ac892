package io.smarketing.lifecycle.projections.funnel;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.projections.ProjectionsConfiguration;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.context.annotation.DependsOn;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/** The funnel's rows of all time as they are now, and what changed of them. Histograms are left out: they are large. */
@Component
@DependsOn(ProjectionsConfiguration.SCHEMA)
public class StageTable {

    /** The official series. */
    public static final String ACTIVE = "active";

    private static final String FIGURES = "(figures - 'histogram' - 'cycleHistogram')::text";

    private final JdbcClient jdbc;

    StageTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A row that changed.
     *
     * @param figures the flat JSON of the row
     */
    public record Changed(String dimension, String figures) {}

    /**
     * How far the table has come.
     *
     * @param changed the number of the latest change
     * @param removed the number of the latest change that took rows away
     */
    public record Reached(long changed, long removed) {}

    public Reached reached() {
        return jdbc.sql("""
                        SELECT greatest((SELECT max(changed) FROM projections.funnel_stage WHERE grain = 'all'), changed), changed
                        FROM projections.funnel_stage_removal
                        """)
                .query((row, number) -> new Reached(row.getLong(1), row.getLong(2)))
                .single();
    }

    /** The rows of one dimension as flat JSON, in no order. */
    public List<String> figures(String policy, String dimension) {
        return jdbc.sql("SELECT " + FIGURES
                        + " FROM projections.funnel_stage WHERE policy = ? AND grain = 'all' AND dimension = ?")
                .params(policy, dimension)
                .query(String.class)
                .list();
    }

    /** The rows that changed after one change number, up to and with another, in the order of their changes. */
    public List<Changed> changes(String policy, Collection<String> dimensions, long after, long upTo) {
        return jdbc.sql("SELECT dimension, " + FIGURES + """
                         FROM projections.funnel_stage
                        WHERE policy = :policy AND grain = 'all' AND dimension IN (:dimensions)
                          AND changed > :after AND changed <= :upTo
                        ORDER BY changed
                        """)
                .param("policy", policy)
                .param("dimensions", dimensions)
                .param("after", after)
                .param("upTo", upTo)
                .query((row, number) -> new Changed(row.getString(1), row.getString(2)))
                .list();
    }

    List<StageRow> rows(String policy, String dimension) {
        return jdbc.sql("SELECT key, " + FIGURES
                        + " FROM projections.funnel_stage WHERE policy = ? AND grain = 'all' AND dimension = ?")
                .params(policy, dimension)
                .query((row, number) -> stored(row.getString(1), row.getString(2)))
                .list();
    }

    private static StageRow stored(String key, String figures) {
        try {
            return StageRow.read(key, figures.getBytes(StandardCharsets.UTF_8));
        } catch (UnreadableRow e) {
            throw new IllegalStateException("a row was changed by hand: " + key, e);
        }
    }

    /** What leads are told apart by; those every funnel has come first. */
    public List<String> dimensions(String policy) {
        Set<String> dimensions = new LinkedHashSet<>();
        if (policy.equals(ACTIVE)) {
            dimensions.addAll(Dimension.BUILT_IN);
        }
        dimensions.addAll(jdbc.sql("SELECT DISTINCT dimension FROM projections.funnel_stage"
                        + " WHERE policy = ? AND grain = 'all' ORDER BY dimension")
                .param(policy)
                .query(String.class)
                .list());
        return new ArrayList<>(dimensions);
    }

    private List<String> policies() {
        Set<String> policies = new LinkedHashSet<>(List.of(ACTIVE));
        policies.addAll(
                jdbc.sql("SELECT DISTINCT policy FROM projections.funnel_stage WHERE grain = 'all' ORDER BY policy")
                        .query(String.class)
                        .list());
        return new ArrayList<>(policies);
    }

    /** Answers 400 for a policy or a dimension that there is not, and names those that there are. */
    public void require(String policy, Collection<String> dimensions) {
        if (policy.equals(ACTIVE) && Dimension.BUILT_IN.containsAll(dimensions)) {
            return;
        }
        List<String> policies = policies();
        if (!policies.contains(policy)) {
            throw unknown("policy", policy, policies);
        }
        List<String> known = dimensions(policy);
        for (String dimension : dimensions) {
            if (!known.contains(dimension)) {
                throw unknown("dimension", dimension, known);
            }
        }
    }

    private static ErrorResponseException unknown(String field, String name, List<String> known) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.BAD_REQUEST, "the %s '%s' has no funnel".formatted(field, name));
        problem.setProperty("code", "unknown-" + field);
        problem.setProperty("field", field);
        problem.setProperty("mend", "use one of " + String.join(", ", known));
        return new ErrorResponseException(HttpStatus.BAD_REQUEST, problem, null);
    }
}
