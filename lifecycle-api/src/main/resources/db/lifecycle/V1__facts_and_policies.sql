-- The event store: one row per event, appended by Axon's engine, read by the relay and by replays.
-- payload is the CloudEvent in structured mode; payload_type its stable name. Nothing is ever updated or deleted.
CREATE TABLE lead_event (
    global_index     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lead_id          text   NOT NULL,
    sequence         bigint NOT NULL,
    source           text   NOT NULL,
    event_id         text   NOT NULL,
    fingerprint      uuid,
    payload_type     text   NOT NULL,
    payload_revision text   NOT NULL,
    payload          text   NOT NULL,
    meta_data        text   NOT NULL,
    aggregate_type   text   NOT NULL,
    event_identifier text   NOT NULL,
    time_stamp       text   NOT NULL,
    CONSTRAINT lead_event_in_sequence UNIQUE (lead_id, sequence),
    CONSTRAINT lead_event_once UNIQUE (source, event_id)
);

-- Facts that wait for their lead's capture; sealed like all personal data.
CREATE TABLE parked_fact (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lead_id     text        NOT NULL,
    source      text        NOT NULL,
    event_id    text        NOT NULL,
    fingerprint uuid        NOT NULL,
    sealed      bytea       NOT NULL,
    door        text        NOT NULL,
    parked_at   timestamptz NOT NULL,
    CONSTRAINT parked_fact_once UNIQUE (source, event_id)
);
CREATE INDEX parked_fact_of_lead ON parked_fact (lead_id, id);
CREATE INDEX parked_fact_by_age ON parked_fact (parked_at);

-- One key per lead with personal data, wrapped by the master key. Destroying the row erases the person.
CREATE TABLE lead_key (
    lead_id    text PRIMARY KEY,
    wrapped    bytea       NOT NULL,
    created_at timestamptz NOT NULL
);

-- What was refused under a readable name, for those who ask what became of an event.
CREATE TABLE refusal (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source     text        NOT NULL,
    event_id   text        NOT NULL,
    door       text        NOT NULL,
    code       text        NOT NULL,
    field      text        NOT NULL,
    message    text        NOT NULL,
    mend       text        NOT NULL,
    refused_at timestamptz NOT NULL
);
CREATE INDEX refusal_of_event ON refusal (source, event_id, id);
CREATE INDEX refusal_by_age ON refusal (refused_at);

-- What became of everything that was sent: sent = stored + duplicates + parked + dead letters + refused.
CREATE TABLE intake_tally (
    door    text   NOT NULL,
    outcome text   NOT NULL,
    code    text   NOT NULL,
    writer  int    NOT NULL, -- each counts in rows of its own, so that they do not wait for each other
    count   bigint NOT NULL,
    PRIMARY KEY (door, outcome, code, writer)
);

CREATE TABLE policy_version (
    name     text        NOT NULL,
    version  text        NOT NULL,
    document text        NOT NULL,
    saved_at timestamptz NOT NULL,
    saved_by text,
    PRIMARY KEY (name, version)
);

-- The log of activations, kept for ever. The last row tells the active policy; without a name there is none.
CREATE TABLE policy_activation (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text,
    version      text,
    activated_at timestamptz NOT NULL,
    activated_by text,
    reason       text,
    FOREIGN KEY (name, version) REFERENCES policy_version (name, version)
);
