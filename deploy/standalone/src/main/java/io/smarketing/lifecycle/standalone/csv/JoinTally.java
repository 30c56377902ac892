package io.smarketing.lifecycle.standalone.csv;

import java.io.PrintWriter;
import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** How the rows of a table fared at a join: a key that is spelt otherwise in the other file is told here only. */
final class JoinTally {

    private static final int MOST_KEYS = 5;

    private final String table;
    private final Mapping.Join join;
    private final Set<String> firstUnmatchedKeys = new LinkedHashSet<>();
    private long matched;
    private long blank;
    private long unmatched;

    JoinTally(CsvTable table, Mapping.Join join) {
        this.table = table.name();
        this.join = join;
    }

    void count(String key, boolean isMatched) {
        if (isMatched) {
            matched++;
        } else if (key.isEmpty()) {
            blank++;
        } else {
            unmatched++;
            if (firstUnmatchedKeys.size() < MOST_KEYS) {
                firstUnmatchedKeys.add(key);
            }
        }
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("table", table);
        json.put("column", join.column().name());
        json.put("with", join.lookup().table().name());
        json.put("matched", matched);
        json.put("blank", blank);
        json.put("unmatched", unmatched);
        ArrayNode keys = json.putArray("firstUnmatchedKeys");
        firstUnmatchedKeys.forEach(keys::add);
        return json;
    }

    void print(PrintWriter out) {
        if (blank + unmatched > 0) {
            String examples = unmatched == 0 ? "" : ", as '" + String.join("', '", firstUnmatchedKeys) + "'";
            out.println("Note: %s of %s joined with %s: %,d rows matched, %,d blank, %,d without a match%s."
                    .formatted(
                            join.column().name(),
                            table,
                            join.lookup().table().name(),
                            matched,
                            blank,
                            unmatched,
                            examples));
        }
    }
}
