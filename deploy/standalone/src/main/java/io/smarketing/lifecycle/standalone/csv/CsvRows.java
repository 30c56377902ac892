package io.smarketing.lifecycle.standalone.csv;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import io.smarketing.lifecycle.event.CloudEventCodec;
import io.smarketing.lifecycle.event.Refusal;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a CSV text (RFC 4180), one at a time, empty lines left out. A row with a broken quote costs its first line only:
 * reading goes on at the next line, so that one stray quote does not swallow the rows behind it. Line ends inside quotes
 * are read as {@code \n}.
 */
final class CsvRows implements Closeable {

    /** Bounds the search for a closing quote; a longer row could not become an event anyway. */
    private static final int MOST_CHARACTERS = CloudEventCodec.MOST_BYTES;

    private static final char QUOTE = '"';
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final BufferedReader reader;
    private final char delimiter;
    private final CsvReader.CsvReaderBuilder parser;
    private final Deque<String> returnedLines = new ArrayDeque<>();
    private long linesTaken;

    CsvRows(Reader reader, char delimiter) {
        this.reader = new BufferedReader(reader, 1 << 16);
        this.delimiter = delimiter;
        this.parser = CsvReader.builder()
                .fieldSeparator(delimiter)
                .quoteCharacter(QUOTE)
                .allowExtraCharsAfterClosingQuote(false);
    }

    /** The next row, or null at the end. */
    @Nullable CsvRow next() throws IOException {
        String first = takeLine();
        while (first != null && first.isEmpty()) {
            first = takeLine();
        }
        if (first == null) {
            return null;
        }
        long start = linesTaken;
        StringBuilder text = new StringBuilder(first);
        List<String> further = new ArrayList<>();
        boolean open = endsInQuotes(first, false);
        while (open && text.length() <= MOST_CHARACTERS) {
            String line = takeLine();
            if (line == null) {
                break;
            }
            further.add(line);
            text.append('\n').append(line);
            open = endsInQuotes(line, true);
        }
        if (!open) {
            try {
                List<String> cells = parser.ofSingleCsvRecord(text.toString()).getFields();
                return new CsvRow(start, text.toString(), cells, null);
            } catch (CsvParseException e) {
                // told below
            }
        }
        giveBack(further);
        return new CsvRow(
                start,
                first,
                List.of(),
                new Refusal(
                        "broken-quote",
                        "",
                        "a quote on this line is not closed, or text follows the closing quote",
                        "close it before the next delimiter; write a quote inside quotes twice"));
    }

    private boolean endsInQuotes(String line, boolean startsInQuotes) {
        boolean open = startsInQuotes;
        boolean cellStarts = !open;
        for (int i = 0; i < line.length(); i++) {
            char character = line.charAt(i);
            if (character == QUOTE && open && i + 1 < line.length() && line.charAt(i + 1) == QUOTE) {
                i++;
            } else if (character == QUOTE && (open || cellStarts)) {
                open = !open;
            }
            cellStarts = !open && character == delimiter;
        }
        return open;
    }

    private @Nullable String takeLine() throws IOException {
        String line = returnedLines.isEmpty() ? reader.readLine() : returnedLines.pop();
        if (line == null) {
            return null;
        }
        linesTaken++;
        return linesTaken == 1 && !line.isEmpty() && line.charAt(0) == BYTE_ORDER_MARK ? line.substring(1) : line;
    }

    private void giveBack(List<String> lines) {
        for (int i = lines.size() - 1; i >= 0; i--) {
            returnedLines.push(lines.get(i));
        }
        linesTaken -= lines.size();
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
