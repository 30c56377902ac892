-- Who asked for it, as he named himself; null for replays from before that was recorded.
ALTER TABLE replay ADD COLUMN analyst text;
CREATE INDEX replay_by_analyst ON replay (analyst, created_at DESC, id);
