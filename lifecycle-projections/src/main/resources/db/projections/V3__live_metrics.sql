-- The live metrics: rows of days, weeks and months stand in funnel_stage beside those of all time; the rows of the topic
-- funnel.shared have a table of their own. Views tell both, and single leads and visits, to BI.

-- Only rows of all time are followed change by change. The others have the number 0, so that rewriting one touches no index.
DROP INDEX funnel_stage_by_change;
CREATE INDEX funnel_stage_by_change ON funnel_stage (changed) WHERE grain = 'all';
ALTER TABLE funnel_stage SET (fillfactor = 80);

-- A row per bucket and value of a dimension. tally is the packed sum of a day's leads, which answers are added up from;
-- rows of other grains have none.
CREATE TABLE funnel_shared (
    key_digest   bytea       PRIMARY KEY,
    key          text        NOT NULL,
    policy       text        NOT NULL,
    grain        text        NOT NULL,
    bucket       text,
    dimension    text        NOT NULL,
    value        text,
    revision     bigint      NOT NULL,
    definition   text        NOT NULL,
    as_of        timestamptz NOT NULL,
    log_position bigint      NOT NULL,
    figures      jsonb       NOT NULL,
    tally        bytea
) WITH (fillfactor = 80);
CREATE INDEX funnel_shared_of_dimension ON funnel_shared (policy, grain, dimension, value);

CREATE OR REPLACE VIEW funnel AS
SELECT policy,
       grain,
       bucket,
       dimension,
       value,
       stage,
       (figures ->> 'ever')::bigint                    AS ever,
       (figures ->> 'entered')::bigint                 AS entered,
       (figures ->> 'reached')::bigint                 AS reached,
       (figures ->> 'open')::bigint                    AS open,
       (figures ->> 'exitForward')::bigint             AS exit_forward,
       (figures ->> 'exitBack')::bigint                AS exit_back,
       (figures ->> 'exitRejected')::bigint            AS exit_rejected,
       (figures ->> 'exitLost')::bigint                AS exit_lost,
       (figures ->> 'exitWon')::bigint                 AS exit_won,
       (figures ->> 'exitRecycled')::bigint            AS exit_recycled,
       (figures ->> 'exitReopened')::bigint            AS exit_reopened,
       (figures ->> 'n')::bigint                       AS n,
       (figures ->> 'meanSeconds')::numeric            AS mean_seconds,
       (figures ->> 'p50Seconds')::numeric             AS p50_seconds,
       (figures ->> 'p75Seconds')::numeric             AS p75_seconds,
       (figures ->> 'p90Seconds')::numeric             AS p90_seconds,
       (figures ->> 'deviationCapturedAgain')::bigint  AS deviation_captured_again,
       (figures ->> 'deviationRepeated')::bigint       AS deviation_repeated,
       (figures ->> 'deviationLateMark')::bigint       AS deviation_late_mark,
       (figures ->> 'deviationBackward')::bigint       AS deviation_backward,
       (figures ->> 'deviationAfterExit')::bigint      AS deviation_after_exit,
       (figures ->> 'deviationAfterFinal')::bigint     AS deviation_after_final,
       (figures ->> 'deviationBeforeCapture')::bigint  AS deviation_before_capture,
       (figures ->> 'cycleN')::bigint                  AS cycle_n,
       (figures ->> 'cycleMeanSeconds')::numeric       AS cycle_mean_seconds,
       (figures ->> 'cycleP50Seconds')::numeric        AS cycle_p50_seconds,
       (figures ->> 'cycleP90Seconds')::numeric        AS cycle_p90_seconds,
       (figures ->> 'final')::boolean                  AS final,
       figures ->> 'zone'                              AS zone,
       (figures ->> 'asOf')::timestamptz               AS as_of,
       (figures ->> 'logPosition')::bigint             AS log_position,
       revision
FROM funnel_stage
WHERE grain = 'all';

-- The flow of days and the times of the visits that ended on them, a row per stage. Days on which nothing happened to a value have no row.
-- The visits that are open are those that began on the day; their mean age is taken now.
CREATE VIEW metric_daily AS
SELECT policy,
       CASE WHEN grain = 'day' THEN bucket::date END AS day,
       dimension,
       value,
       stage,
       (figures ->> 'start')::bigint        AS balance_start,
       (figures ->> 'in')::bigint           AS visits_in,
       (figures ->> 'out')::bigint          AS visits_out,
       (figures ->> 'outForward')::bigint   AS out_forward,
       (figures ->> 'outBack')::bigint      AS out_back,
       (figures ->> 'outRejected')::bigint  AS out_rejected,
       (figures ->> 'outLost')::bigint      AS out_lost,
       (figures ->> 'outWon')::bigint       AS out_won,
       (figures ->> 'outRecycled')::bigint  AS out_recycled,
       (figures ->> 'outReopened')::bigint  AS out_reopened,
       (figures ->> 'end')::bigint          AS balance_end,
       (figures ->> 'n')::bigint            AS n,
       (figures ->> 'meanSeconds')::numeric AS mean_seconds,
       (figures ->> 'p50Seconds')::numeric  AS p50_seconds,
       (figures ->> 'p75Seconds')::numeric  AS p75_seconds,
       (figures ->> 'p90Seconds')::numeric  AS p90_seconds,
       (figures ->> 'sumSeconds')::numeric  AS sum_seconds,
       (figures ->> 'openN')::bigint        AS open,
       CASE
           WHEN (figures ->> 'openN')::bigint > 0
               THEN round(extract(epoch FROM now())
                              - (figures ->> 'openSumSeconds')::numeric / (figures ->> 'openN')::bigint, 6)
       END                                  AS open_mean_age_seconds,
       (figures ->> 'final')::boolean       AS final,
       figures ->> 'zone'                   AS zone,
       figures ->> 'definition'             AS definition,
       (figures ->> 'asOf')::timestamptz    AS as_of,
       (figures ->> 'logPosition')::bigint  AS log_position,
       revision
FROM funnel_stage
WHERE grain = 'day';

-- What became of the leads that first entered a stage on a day, what sales said to those marked on it, and what became of those captured
-- on it. Conversions are in order, each step after the one before; others are told by metric_daily_conversions.
CREATE VIEW metric_daily_shared AS
SELECT policy,
       CASE WHEN grain = 'day' THEN bucket::date END AS day,
       dimension,
       value,
       coalesce((figures ->> 'cohortCaptured')::bigint, 0)                     AS cohort_captured,
       coalesce((figures ->> 'capturedToMqlWithinP30D')::bigint, 0)            AS captured_to_mql_within_30d,
       coalesce((figures ->> 'capturedToMqlEver')::bigint, 0)                  AS captured_to_mql_ever,
       coalesce((figures ->> 'capturedToAcceptedWithinP30D')::bigint, 0)       AS captured_to_accepted_within_30d,
       coalesce((figures ->> 'capturedToAcceptedEver')::bigint, 0)             AS captured_to_accepted_ever,
       coalesce((figures ->> 'capturedToContactedWithinP30D')::bigint, 0)      AS captured_to_contacted_within_30d,
       coalesce((figures ->> 'capturedToContactedEver')::bigint, 0)            AS captured_to_contacted_ever,
       coalesce((figures ->> 'capturedToWonWithinP30D')::bigint, 0)            AS captured_to_won_within_30d,
       coalesce((figures ->> 'capturedToWonEver')::bigint, 0)                  AS captured_to_won_ever,
       coalesce((figures ->> 'cohortMql')::bigint, 0)                          AS cohort_mql,
       coalesce((figures ->> 'mqlToAcceptedWithinP30D')::bigint, 0)            AS mql_to_accepted_within_30d,
       coalesce((figures ->> 'mqlToAcceptedEver')::bigint, 0)                  AS mql_to_accepted_ever,
       coalesce((figures ->> 'mqlToContactedWithinP30D')::bigint, 0)           AS mql_to_contacted_within_30d,
       coalesce((figures ->> 'mqlToContactedEver')::bigint, 0)                 AS mql_to_contacted_ever,
       coalesce((figures ->> 'mqlToWonWithinP30D')::bigint, 0)                 AS mql_to_won_within_30d,
       coalesce((figures ->> 'mqlToWonEver')::bigint, 0)                       AS mql_to_won_ever,
       coalesce((figures ->> 'cohortAccepted')::bigint, 0)                     AS cohort_accepted,
       coalesce((figures ->> 'acceptedToContactedWithinP30D')::bigint, 0)      AS accepted_to_contacted_within_30d,
       coalesce((figures ->> 'acceptedToContactedEver')::bigint, 0)            AS accepted_to_contacted_ever,
       coalesce((figures ->> 'acceptedToWonWithinP30D')::bigint, 0)            AS accepted_to_won_within_30d,
       coalesce((figures ->> 'acceptedToWonEver')::bigint, 0)                  AS accepted_to_won_ever,
       coalesce((figures ->> 'cohortContacted')::bigint, 0)                    AS cohort_contacted,
       coalesce((figures ->> 'contactedToWonWithinP30D')::bigint, 0)           AS contacted_to_won_within_30d,
       coalesce((figures ->> 'contactedToWonEver')::bigint, 0)                 AS contacted_to_won_ever,
       (figures ->> 'marked')::bigint                                          AS marked,
       (figures ->> 'answered')::bigint                                        AS answered,
       (figures ->> 'accepted')::bigint                                        AS accepted,
       (figures ->> 'acceptedBeforeMark')::bigint                              AS accepted_before_mark,
       (figures ->> 'rejected')::bigint                                        AS rejected,
       (figures ->> 'unanswered')::bigint                                      AS unanswered,
       (figures ->> 'untouched')::bigint                                       AS untouched,
       (figures ->> 'ended')::bigint                                           AS ended,
       (figures ->> 'recycled')::bigint                                        AS recycled,
       (figures ->> 'acceptance')::numeric                                     AS acceptance,
       (figures ->> 'recycleRate')::numeric                                    AS recycle_rate,
       (figures ->> 'markedWon')::bigint                                       AS marked_won,
       (figures ->> 'markedNotWon')::bigint                                    AS marked_not_won,
       (figures ->> 'unmarkedWon')::bigint                                     AS unmarked_won,
       (figures ->> 'unmarkedNotWon')::bigint                                  AS unmarked_not_won,
       (figures ->> 'markedOpen')::bigint                                      AS marked_open,
       (figures ->> 'unmarkedOpen')::bigint                                    AS unmarked_open,
       (figures ->> 'precision')::numeric                                      AS precision,
       (figures ->> 'recall')::numeric                                         AS recall,
       (figures ->> 'final')::boolean                                          AS final,
       figures ->> 'zone'                                                      AS zone,
       definition,
       as_of,
       log_position,
       revision
FROM funnel_shared
WHERE grain = 'day';

-- All conversions, a row per day, value, way, mode and window: the leads that first entered the base on the day, and how many of them
-- came to the stage. A window that is null has no end.
CREATE VIEW metric_daily_conversions AS
SELECT s.policy,
       CASE WHEN s.grain = 'day' THEN s.bucket::date END AS day,
       s.dimension,
       s.value,
       upper(way.base)  AS base,
       upper(way.stage) AS stage,
       mode.mode,
       span.within,
       (s.figures ->> ('cohort' || initcap(way.base)))::bigint AS cohort,
       coalesce((s.figures ->> (way.base || 'To' || initcap(way.stage) || mode.infix || span.suffix))::bigint, 0) AS converted,
       (s.figures ->> 'final')::boolean                        AS final,
       s.figures ->> 'zone'                                    AS zone,
       s.definition,
       s.as_of,
       s.log_position,
       s.revision
FROM funnel_shared s
    CROSS JOIN (VALUES ('captured', 'mql'), ('captured', 'accepted'), ('captured', 'contacted'), ('captured', 'won'),
                       ('mql', 'accepted'), ('mql', 'contacted'), ('mql', 'won'),
                       ('accepted', 'contacted'), ('accepted', 'won'),
                       ('contacted', 'won')) AS way (base, stage)
    CROSS JOIN (VALUES ('ordered', ''), ('any', 'Any')) AS mode (mode, infix)
    CROSS JOIN (VALUES (interval '7 days', 'WithinP7D'), (interval '14 days', 'WithinP14D'), (interval '30 days', 'WithinP30D'),
                       (interval '90 days', 'WithinP90D'), (NULL, 'Ever')) AS span (within, suffix)
WHERE s.grain = 'day'
  AND (s.figures ->> ('cohort' || initcap(way.base)))::bigint > 0;

-- A row per lead. Of each stage: the first entry of a visit; and when the lead was at it or beyond it, which is also there when it
-- was skipped.
CREATE VIEW leads AS
SELECT lead_id,
       stage,
       entered_at,
       score,
       disqualified,
       CASE WHEN jsonb_typeof(state -> 'disqualified') = 'string' THEN state ->> 'disqualified' END AS disqualified_reason,
       source,
       campaign,
       persona,
       owner,
       captured_at,
       mql_at,
       accepted_at,
       contacted_at,
       won_at,
       rejected_at,
       lost_at,
       (state #>> '{stages,MQL,inferred}')::timestamptz       AS reached_mql_at,
       (state #>> '{stages,ACCEPTED,inferred}')::timestamptz  AS reached_accepted_at,
       (state #>> '{stages,CONTACTED,inferred}')::timestamptz AS reached_contacted_at,
       coalesce(jsonb_array_length(state -> 'visits'), 0)     AS visits,
       (state ->> 'attempts')::bigint                         AS attempts,
       (state ->> 'reachedAttempts')::bigint                  AS reached_attempts,
       (state ->> 'asOf')::timestamptz                        AS as_of,
       (state ->> 'logPosition')::bigint                      AS log_position
FROM lead_state;

-- A row per stage visit, numbered in order of time. An open one has no end; seconds are missing where an edge was before the capture
-- (not timed), as in every metric of durations.
CREATE VIEW lead_stage_visits AS
SELECT l.lead_id,
       v.number,
       v.visit ->> 'stage'                  AS stage,
       (v.visit ->> 'visit')::bigint        AS visit,
       (v.visit ->> 'entered')::timestamptz AS entered_at,
       (v.visit ->> 'exited')::timestamptz  AS exited_at,
       v.visit ->> 'exit'                   AS exit,
       CASE
           WHEN (v.visit ->> 'timed')::boolean
               THEN extract(epoch FROM (v.visit ->> 'exited')::timestamptz - (v.visit ->> 'entered')::timestamptz)
       END                                  AS seconds,
       (v.visit ->> 'timed')::boolean       AS timed,
       l.source,
       l.campaign,
       l.persona,
       l.owner
FROM lead_state l
    CROSS JOIN LATERAL jsonb_array_elements(l.state -> 'visits') WITH ORDINALITY AS v (visit, number);
