package io.smarketing.lifecycle.standalone.csv;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.event.Refusal;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CsvRowsTest {

    private static List<String> read(String text) throws IOException {
        List<String> rows = new ArrayList<>();
        try (CsvRows csv = new CsvRows(new StringReader(text), ',')) {
            for (CsvRow row = csv.next(); row != null; row = csv.next()) {
                Refusal fault = row.fault();
                rows.add(row.line() + " " + (fault == null ? row.cells() : fault.code()));
            }
        }
        return rows;
    }

    @Test
    void aRowIsNumberedByThePhysicalLineItStartsOn() throws IOException {
        assertThat(read("a,b\n1,\"x\ny\r\nz\"\n\n\n2,w")).containsExactly("1 [a, b]", "2 [1, x\ny\nz]", "7 [2, w]");
    }

    @Test
    void quotesMayHoldDelimitersAndQuotes() throws IOException {
        assertThat(read("\"a,1\",\"say \"\"hi\"\"\",\"\",5\" pipe")).containsExactly("1 [a,1, say \"hi\", , 5\" pipe]");
    }

    @Test
    void anUnclosedQuoteCostsItsOwnLineOnly() throws IOException {
        assertThat(read("a,b\n1,\"x\n2,y\n3,z\n"))
                .containsExactly("1 [a, b]", "2 broken-quote", "3 [2, y]", "4 [3, z]");
    }

    @Test
    void anUnclosedQuoteIsNotTakenToBeClosedByTheNextQuotedCell() throws IOException {
        assertThat(read("1,\"x\n2,y\n3,\"z\"\n4,w\n"))
                .containsExactly("1 broken-quote", "2 [2, y]", "3 [3, z]", "4 [4, w]");
    }

    @Test
    void textBehindAClosingQuoteBreaksTheRow() throws IOException {
        assertThat(read("1,\"x\"y\n2,z\n")).containsExactly("1 broken-quote", "2 [2, z]");
    }

    @Test
    void aFileFullOfUnclosedQuotesIsReadInReasonableTime() throws IOException {
        String line = "1,\"" + "x".repeat(1_000) + "\n";
        List<String> rows = read(line.repeat(3_001));
        assertThat(rows).hasSize(3_001).allMatch(row -> row.endsWith("broken-quote"));
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstCell() throws IOException {
        assertThat(read("\uFEFF\"a\",b\n1,2")).containsExactly("1 [a, b]", "2 [1, 2]");
    }

    @Test
    void theTextOfARowIsKeptAsItStands() throws IOException {
        try (CsvRows csv = new CsvRows(new StringReader("1;\" x\n \";;\n"), ';')) {
            assertThat(csv.next()).isNotNull().extracting(CsvRow::text).isEqualTo("1;\" x\n \";;");
        }
    }
}
