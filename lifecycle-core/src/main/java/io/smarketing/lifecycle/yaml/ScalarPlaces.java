package io.smarketing.lifecycle.yaml;

import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Finds a character of a scalar's value in the document. Quotes, escapes, indentation and folded lines move it, but never
 * change the order of what is no blank: the n-th such character of the value is the n-th one written.
 */
final class ScalarPlaces {

    /** Both counted from 0, the column in code points. */
    record Place(int line, int column) {}

    private final List<int[]> lines;

    ScalarPlaces(String text) {
        this.lines = new ArrayList<>();
        for (String line : text.split("\r\n|\n|\r", -1)) {
            lines.add(line.codePoints().toArray());
        }
    }

    /** The place of the value's code point at the offset; behind its last one when there is none. */
    Place of(ScalarNode scalar, Place start, int offset) {
        int[] value = scalar.getValue().codePoints().toArray();
        int before = 0;
        boolean somethingFollows = false;
        for (int i = 0; i < value.length; i++) {
            if (!Character.isWhitespace(value[i])) {
                before += i < offset ? 1 : 0;
                somethingFollows |= i >= offset;
            }
        }
        Cursor cursor = new Cursor(start);
        cursor.skipAnchorAndTag();
        cursor.skipIndicator(scalar.getScalarStyle());
        Place behind = cursor.place();
        for (int seen = 0; cursor.skipBlanks(scalar.getScalarStyle()); seen++) {
            if (seen == before && somethingFollows) {
                return cursor.place();
            }
            cursor.skipOne(scalar.getScalarStyle());
            behind = cursor.place();
            if (seen + 1 == before && !somethingFollows) {
                return behind;
            }
        }
        return behind;
    }

    private final class Cursor {

        private int line;
        private int column;

        private Cursor(Place start) {
            line = start.line();
            column = start.column();
        }

        private Place place() {
            return new Place(line, column);
        }

        private boolean atEnd() {
            return line >= lines.size();
        }

        private boolean atLineEnd() {
            return column >= lines.get(line).length;
        }

        private int here(int ahead) {
            int[] text = lines.get(line);
            return column + ahead < text.length ? text[column + ahead] : '\n';
        }

        private void nextLine() {
            line++;
            column = 0;
        }

        private void skipAnchorAndTag() {
            while (!atEnd() && (here(0) == '&' || here(0) == '!')) {
                while (!Character.isWhitespace(here(0))) {
                    column++;
                }
                skipBlanks(ScalarStyle.PLAIN);
            }
        }

        private void skipIndicator(ScalarStyle style) {
            switch (style) {
                case LITERAL, FOLDED -> nextLine();
                case SINGLE_QUOTED, DOUBLE_QUOTED -> column++;
                default -> {}
            }
        }

        /** Whether something is left that is no blank. */
        private boolean skipBlanks(ScalarStyle style) {
            while (!atEnd()) {
                int width = style == ScalarStyle.DOUBLE_QUOTED ? blankEscape() : 0;
                if (width > 0) {
                    column += width;
                } else if (atLineEnd()) {
                    nextLine();
                } else if (Character.isWhitespace(here(0))) {
                    column++;
                } else {
                    return true;
                }
            }
            return false;
        }

        /** The width of an escape that stands for a blank or for nothing, 0 when there is none here. */
        private int blankEscape() {
            if (here(0) != '\\') {
                return 0;
            }
            return switch (here(1)) {
                case '\n' -> 1;
                case 'n', 't', 'r', ' ', '\t' -> 2;
                default -> 0;
            };
        }

        private void skipOne(ScalarStyle style) {
            if (style == ScalarStyle.SINGLE_QUOTED && here(0) == '\'' && here(1) == '\'') {
                column += 2;
            } else if (style == ScalarStyle.DOUBLE_QUOTED && here(0) == '\\') {
                column += switch (here(1)) {
                    case 'x' -> 4;
                    case 'u' -> 6;
                    case 'U' -> 10;
                    default -> 2;
                };
            } else {
                column++;
            }
        }
    }
}
