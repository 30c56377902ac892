-- The id of Kafka's topic replay.results that the replay was published to as it stands. A topic that was made anew has another.
ALTER TABLE replay ADD COLUMN published_to text;
