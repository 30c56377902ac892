-- What first cycles that flipped meant to sales, of replays that were asked for it: JSON, as it is answered.
ALTER TABLE replay ADD COLUMN workload text;
