-- The shared metrics of both sides, of replays that were asked for them: JSON, as it is answered.
ALTER TABLE replay ADD COLUMN metrics text;
