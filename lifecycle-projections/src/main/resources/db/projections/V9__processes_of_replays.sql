-- Which process makes it, as lifecycle.instance names it; null for replays from before that was recorded. As long as it is there, the beat goes on.
ALTER TABLE replay ADD COLUMN instance text;
ALTER TABLE replay ADD COLUMN beat bigint NOT NULL DEFAULT 0;
CREATE INDEX replay_under_way ON replay (instance) WHERE status IN ('queued', 'running');
