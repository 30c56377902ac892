-- Read tables: the topics funnel.stages and lead.state, as queries like them. They can be dropped and are filled again from
-- the topics. Only the table writer writes here, rows and positions in one transaction.

-- Numbers every change of funnel_stage, ascending in the order of commits (writers take a lock); numbers may be left out.
-- Starts at the clock, so that a number from a database that was wiped is never ahead of this one's.
CREATE SEQUENCE change_number;
SELECT setval('change_number', (extract(epoch FROM clock_timestamp()) * 1000)::bigint);

-- A row per stage. key is the topic's, to the letter; its digest is the primary key because values are foreign text of any
-- length. In value and figures, what PostgreSQL cannot hold (U+0000) is U+FFFD.
CREATE TABLE funnel_stage (
    key_digest bytea  PRIMARY KEY,
    key        text   NOT NULL,
    policy     text   NOT NULL,
    grain      text   NOT NULL,
    bucket     text,
    dimension  text   NOT NULL,
    value      text,
    stage      text   NOT NULL,
    revision   bigint NOT NULL,
    figures    jsonb  NOT NULL,
    changed    bigint NOT NULL
);
CREATE INDEX funnel_stage_of_dimension ON funnel_stage (policy, grain, dimension);
CREATE INDEX funnel_stage_by_change ON funnel_stage (changed);

-- The change at which rows were last taken away, which the rows that are left cannot tell.
CREATE TABLE funnel_stage_removal (
    changed bigint NOT NULL
);
INSERT INTO funnel_stage_removal VALUES (nextval('change_number'));

-- Where a lead stands; no personal data. The times of stages are those of the first visits; entered_at is the latest
-- entry of the stage the lead is in. Here too the id may be longer than a B-tree takes.
CREATE TABLE lead_state (
    lead_digest  bytea  PRIMARY KEY,
    lead_id      text   NOT NULL,
    stage        text   NOT NULL,
    score        bigint,
    disqualified boolean NOT NULL,
    source       text,
    campaign     text,
    persona      text,
    owner        text,
    captured_at  timestamptz,
    entered_at   timestamptz,
    mql_at       timestamptz,
    accepted_at  timestamptz,
    contacted_at timestamptz,
    won_at       timestamptz,
    rejected_at  timestamptz,
    lost_at      timestamptz,
    state        jsonb  NOT NULL
);
CREATE INDEX lead_state_of_lead ON lead_state USING hash (lead_id);
CREATE INDEX lead_state_by_stage ON lead_state (stage, entered_at);

-- How far the topics are written here. topic_id tells a topic from a later one of the same name.
CREATE TABLE read_position (
    topic       text   NOT NULL,
    partition   int    NOT NULL,
    topic_id    uuid   NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);

-- The figures as columns, for BI.
CREATE VIEW funnel AS
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
FROM funnel_stage;
