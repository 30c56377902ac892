package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.standalone.terminal.Progress;
import io.smarketing.lifecycle.standalone.terminal.Unpacked;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.wrapped.ProgressBarWrappedInputStream;

/**
 * A CSV file under the name the mapping gives it.
 *
 * @param header the names of its columns; empty when the file has none
 */
record CsvTable(String name, Path file, char delimiter, List<String> header) {

    /** Reads the header. */
    static CsvTable of(String name, Path file, char delimiter) throws IOException {
        try (CsvRows rows = new CsvRows(text(file, Files.newInputStream(file)), delimiter)) {
            CsvRow first = rows.next();
            List<String> header = first == null
                    ? List.of()
                    : first.cells().stream().map(String::strip).toList();
            return new CsvTable(name, file, delimiter, header);
        }
    }

    String fileName() {
        return String.valueOf(file.getFileName());
    }

    /** The rows behind the header. */
    CsvRows rows() throws IOException {
        ProgressBar progress = Progress.bar("reading " + fileName(), Files.size(file), " bytes");
        InputStream watched = new ProgressBarWrappedInputStream(Files.newInputStream(file), progress);
        CsvRows rows = new CsvRows(text(file, watched), delimiter);
        rows.next();
        return rows;
    }

    private static Reader text(Path file, InputStream bytes) throws IOException {
        try {
            InputStream unpacked = file.toString().endsWith(".gz") ? new Unpacked(bytes) : bytes;
            return new InputStreamReader(unpacked, StandardCharsets.UTF_8);
        } catch (IOException e) {
            bytes.close();
            throw e;
        }
    }
}
