package io.smarketing.lifecycle.projections.metric;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.funnel.metric.MetricCube;
import io.smarketing.lifecycle.funnel.metric.MetricDefinition;
import io.smarketing.lifecycle.funnel.metric.MetricTally;
import io.smarketing.lifecycle.projections.ProjectionsConfiguration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** The days that the read tables hold, added up. Days that were added up by another definition are no part of it. */
@Component
@DependsOn(ProjectionsConfiguration.SCHEMA)
class SharedTable {

    private static final int PLACE_OF_VALUE = 4;
    private static final String DAYS = """
             FROM projections.funnel_shared
            WHERE policy = :policy AND grain = 'day' AND dimension = :dimension AND definition = :definition
            """;

    private final JdbcClient jdbc;
    private final TransactionTemplate snapshot;

    SharedTable(JdbcClient jdbc, PlatformTransactionManager transactionManager) {
        this.jdbc = jdbc;
        this.snapshot = new TransactionTemplate(transactionManager);
        snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        snapshot.setReadOnly(true);
    }

    /**
     * Days as they are, all at one instant.
     *
     * @param asKnownAt when the latest event that is in them was recorded; null when there are none
     * @param first the first day on which anything happened, to whatever value; null when there are none
     * @param last the last one
     */
    record Days(
            MetricCube cube,
            @Nullable Instant asKnownAt,
            long logPosition,
            @Nullable LocalDate first,
            @Nullable LocalDate last) {}

    /** Whether the topics tell of that dimension; rows of one that is told no more have fallen to zero. */
    boolean tellsOf(String policy, Dimension dimension, MetricDefinition definition) {
        return Dimension.BUILT_IN.contains(dimension.name())
                || asked("SELECT EXISTS (SELECT 1" + DAYS + " AND tally <> :nothing)", policy, dimension, definition)
                        .query(Boolean.class)
                        .single();
    }

    /**
     * Adds up.
     *
     * @param values the only ones to be added up; null among them is the missing one; none for all
     */
    Days days(String policy, Dimension dimension, MetricDefinition definition, Set<@Nullable String> values) {
        Days days = snapshot.execute(status -> {
            Days covered = asked(
                            "SELECT max(as_of), coalesce(max(log_position), 0),"
                                    + " min(bucket) FILTER (WHERE tally <> :nothing),"
                                    + " max(bucket) FILTER (WHERE tally <> :nothing)" + DAYS,
                            policy,
                            dimension,
                            definition)
                    .query((row, number) -> {
                        @Nullable OffsetDateTime asOf = row.getObject(1, OffsetDateTime.class);
                        return new Days(
                                MetricCube.bounded(dimension, definition),
                                asOf == null ? null : asOf.toInstant(),
                                row.getLong(2),
                                day(row.getString(3)),
                                day(row.getString(4)));
                    })
                    .single();
            addUp(covered.cube(), policy, dimension, definition, values);
            return covered;
        });
        if (days == null) {
            throw new IllegalStateException("a transaction without a result");
        }
        return days;
    }

    private static @Nullable LocalDate day(@Nullable String bucket) {
        return bucket == null ? null : LocalDate.parse(bucket);
    }

    private JdbcClient.StatementSpec asked(
            String sql, String policy, Dimension dimension, MetricDefinition definition) {
        return jdbc.sql(sql)
                .param("policy", policy)
                .param("dimension", dimension.name())
                .param("definition", definition.hash())
                .param("nothing", nothing());
    }

    /** As a day looks that fell to zero. */
    private static byte[] nothing() {
        PackedOutput output = new PackedOutput();
        MetricTally.bounded().write(output);
        return output.toByteArray();
    }

    private void addUp(
            MetricCube cube,
            String policy,
            Dimension dimension,
            MetricDefinition definition,
            Set<@Nullable String> values) {
        List<String> named = new ArrayList<>();
        for (String value : values) {
            if (value != null) {
                // The column holds what PostgreSQL can hold of a value; what is foreign to it is told apart below.
                named.add(value.replace('\0', '\uFFFD'));
            }
        }
        String some = values.isEmpty()
                ? ""
                : " AND (" + (values.contains(null) ? "value IS NULL" : "false")
                        + (named.isEmpty() ? "" : " OR value IN (:values)") + ")";
        JdbcClient.StatementSpec query = asked(
                "SELECT value, bucket, tally, key" + DAYS + some + " AND tally <> :nothing",
                policy,
                dimension,
                definition);
        (named.isEmpty() ? query : query.param("values", named)).query(row -> {
            @Nullable String value = exact(row.getString(1), row.getString(4));
            if (values.isEmpty() || values.contains(value)) {
                cube.merge(
                        value, LocalDate.parse(row.getString(2)), MetricTally.read(new PackedInput(row.getBytes(3))));
            }
        });
    }

    /** The key is the topic's, to the letter. */
    private static @Nullable String exact(@Nullable String value, String key) {
        return value == null || value.indexOf('\uFFFD') < 0
                ? value
                : JsonMapper.shared().readTree(key).path(PLACE_OF_VALUE).stringValue();
    }
}
