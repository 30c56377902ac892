package io.smarketing.lifecycle.projections.stream;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Server-sent events as they go over the wire. The id is a change number: a client that comes back with it as
 * {@code Last-Event-ID} gets what changed since.
 */
final class Frames {

    /** Tells a client that it is connected, and how long to wait before it comes back. */
    static final String HELLO = ": the funnel, as it moves\nretry: 2000\n\n";

    /** Keeps proxies from closing a silent connection, and finds out who has gone. */
    static final String HEARTBEAT = ": still here\n\n";

    private Frames() {}

    /**
     * All rows of a dimension.
     *
     * @param id null when another snapshot follows: one who has only the first must not come back with it
     * @param rows flat JSON objects without line ends
     */
    static String snapshot(@Nullable Long id, String dimension, Collection<String> rows) {
        String name = JsonNodeFactory.instance.stringNode(dimension).toString();
        return frame(id, "snapshot", "{\"dimension\":" + name + ",\"rows\":[" + String.join(",", rows) + "]}");
    }

    /** Rows that changed. */
    static String rows(long id, Collection<String> rows) {
        return frame(id, "rows", "{\"rows\":[" + String.join(",", rows) + "]}");
    }

    private static String frame(@Nullable Long id, String event, String data) {
        return (id == null ? "" : "id: " + id + "\n") + "event: " + event + "\ndata: " + data + "\n\n";
    }
}
