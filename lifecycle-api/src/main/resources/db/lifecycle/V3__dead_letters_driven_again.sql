-- Which dead letters were sent to the intake again. The letter's own instant tells apart letters of a topic that was made anew.
CREATE TABLE dead_letter_redrive (
    topic_partition int         NOT NULL,
    topic_offset    bigint      NOT NULL,
    dead_since      text        NOT NULL,
    redriven_at     timestamptz NOT NULL,
    redriven_by     text,
    PRIMARY KEY (topic_partition, topic_offset, dead_since)
);
