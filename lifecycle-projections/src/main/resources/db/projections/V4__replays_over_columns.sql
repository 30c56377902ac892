-- How a replay was made: JSON, for those who look into it. No figure depends on it.
ALTER TABLE replay ADD COLUMN statistics text;
