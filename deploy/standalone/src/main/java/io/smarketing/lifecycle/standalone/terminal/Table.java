package io.smarketing.lifecycle.standalone.terminal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Columns in line, the first to the left, figures to the right. */
public final class Table {

    private final List<String[]> rows = new ArrayList<>();
    private final Set<Integer> texts = new HashSet<>(Set.of(0));

    /** These columns hold texts, which stand to the left. */
    public Table texts(Integer... columns) {
        texts.addAll(List.of(columns));
        return this;
    }

    public Table row(Object... cells) {
        String[] row = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            row[i] = String.valueOf(cells[i]);
        }
        rows.add(row);
        return this;
    }

    public String render() {
        int columns = rows.stream().mapToInt(row -> row.length).max().orElse(0);
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].codePointCount(0, row[i].length()));
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder("  ");
            for (int i = 0; i < row.length; i++) {
                String padding = " ".repeat(widths[i] - row[i].codePointCount(0, row[i].length()));
                boolean left = texts.contains(i) || row[i].startsWith(Bars.BLOCK) || row[i].startsWith(Bars.EMPTY);
                line.append(i == 0 ? "" : "  ").append(left ? row[i] + padding : padding + row[i]);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
