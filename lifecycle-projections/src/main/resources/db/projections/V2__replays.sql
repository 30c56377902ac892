-- Replays and audits that were asked for, with what they found. A result never changes.
CREATE TABLE replay (
    id           uuid        PRIMARY KEY,
    status       text        NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    request      text        NOT NULL, -- JSON as answered: policies by name and version, instants resolved
    log_position bigint,               -- the greatest global_index that was read
    leads        bigint,               -- up to that position
    result       text,                 -- JSON, byte for byte what the hash in it was made of
    failure      text,
    listed       text        NOT NULL DEFAULT 'none' CHECK (listed IN ('all', 'flipped', 'none')),
    created_at   timestamptz NOT NULL,
    started_at   timestamptz,
    finished_at  timestamptz
);
CREATE INDEX replay_by_age ON replay (created_at DESC, id);

-- Leads of the latest replays, one by one; older replays keep their report alone.
CREATE TABLE replay_lead (
    replay_id uuid NOT NULL REFERENCES replay (id) ON DELETE CASCADE,
    lead_id   text COLLATE "C" NOT NULL,
    mark_set  text NOT NULL,
    outcome   text NOT NULL,
    result    text NOT NULL, -- JSON
    PRIMARY KEY (replay_id, lead_id)
);
CREATE INDEX replay_lead_by_set ON replay_lead (replay_id, mark_set, lead_id);
