package io.smarketing.lifecycle.api.store;

import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.event.RecordedCodec.UnreadableRecord;
import io.smarketing.lifecycle.lead.Recorded;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the histories of leads, and packs those that are very long: what Axon does by snapshots of the aggregate, done to its events, for
 * its state is all of them. A cold lead of 100,000 activities is read some times as fast.
 */
final class EventPacks {

    /** Events in a pack. The table's numbers rest on it. */
    static final int SIZE = 512;

    private static final Logger LOG = LoggerFactory.getLogger(EventPacks.class);

    /** One look into the index a lead, whatever the planner believes of the table: on a young one it believes anything. */
    private static final String SELECT =
            "SELECT asked.lead_id, e.payload FROM unnest(?, ?) AS asked (lead_id, sequence)"
                    + " CROSS JOIN LATERAL (SELECT l.payload, l.sequence FROM " + LeadStore.TABLE
                    + " l WHERE l.lead_id = asked.lead_id AND l.sequence >= asked.sequence ORDER BY l.sequence OFFSET 0) e"
                    + " ORDER BY asked.lead_id, e.sequence";

    private final RecordedCodec codec;

    EventPacks(RecordedCodec codec) {
        this.codec = codec;
    }

    /** Fills histories with all that the store has. */
    void read(Connection connection, Map<String, StoredHistory> histories) throws SQLException {
        String[] leadIds = histories.keySet().toArray(String[]::new);
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT lead_id, number, events FROM lifecycle.lead_pack WHERE lead_id = ANY (?) ORDER BY lead_id, number")) {
            statement.setArray(1, connection.createArrayOf("text", leadIds));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    unpack(of(rows.getString(1), histories), rows.getInt(2), rows.getBytes(3));
                }
            }
        }
        Long[] from = new Long[leadIds.length];
        for (int i = 0; i < leadIds.length; i++) {
            from[i] = (long) of(leadIds[i], histories).size();
        }
        try (PreparedStatement statement = connection.prepareStatement(SELECT)) {
            statement.setArray(1, connection.createArrayOf("text", leadIds));
            statement.setArray(2, connection.createArrayOf("bigint", from));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    of(rows.getString(1), histories).add(rows.getString(2));
                }
            }
        }
    }

    private static StoredHistory of(String leadId, Map<String, StoredHistory> histories) {
        return Objects.requireNonNull(histories.get(leadId));
    }

    /** A pack that does not continue what is there, or cannot be read, is passed over: its events are read one by one. */
    private void unpack(StoredHistory history, int number, byte[] pack) {
        if (history.size() != number * SIZE) {
            return;
        }
        try {
            EventPack.unpack(history.leadId(), pack, codec)
                    .filter(events -> events.size() == SIZE)
                    .ifPresent(history::addPacked);
        } catch (UnreadableRecord | RuntimeException e) {
            LOG.warn("the pack {} of the lead {} cannot be read: {}", number, history.leadId(), e.toString());
        }
    }

    /**
     * Packs what is not packed yet of a lead that has grown over the end of a pack, in the transaction that it has grown in.
     *
     * @param length events that are stored of it
     */
    void pack(Connection connection, String leadId, long length) throws SQLException {
        for (long number = packs(connection, leadId); (number + 1) * SIZE <= length; number++) {
            StoredHistory part = new StoredHistory(leadId);
            try (PreparedStatement statement = connection.prepareStatement("SELECT payload FROM " + LeadStore.TABLE
                    + " WHERE lead_id = ? AND sequence >= ? AND sequence < ? ORDER BY sequence")) {
                statement.setString(1, leadId);
                statement.setLong(2, number * SIZE);
                statement.setLong(3, (number + 1) * SIZE);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        part.add(rows.getString(1));
                    }
                }
            }
            List<Recorded> events = part.events(codec);
            try (PreparedStatement statement = connection.prepareStatement(
                    "INSERT INTO lifecycle.lead_pack (lead_id, number, events) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")) {
                statement.setString(1, leadId);
                statement.setLong(2, number);
                statement.setBytes(3, EventPack.pack(events, codec));
                statement.executeUpdate();
            }
        }
    }

    /** How many there are in a row, from the first on. */
    private static long packs(Connection connection, String leadId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT number FROM lifecycle.lead_pack WHERE lead_id = ? ORDER BY number")) {
            statement.setString(1, leadId);
            try (ResultSet rows = statement.executeQuery()) {
                long next = 0;
                while (rows.next() && rows.getInt(1) == next) {
                    next++;
                }
                return next;
            }
        }
    }
}
