package io.smarketing.lifecycle.standalone.csv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueTypeTest {

    @ParameterizedTest
    @CsvSource({
        "STRING, ' a ', '\" a \"'",
        "INT, ' 85 ', 85",
        "INT, 85.0, 85",
        "INT, -3, -3",
        "DECIMAL, 1250.50, 1250.50",
        "DECIMAL, .5, 0.5",
        "BOOL, TRUE, true",
        "BOOL, no, false",
        "BOOL, 1, true",
    })
    void aCellIsReadAsItsType(ValueType type, String text, String json) {
        assertThat(type.parse(text)).hasToString("Optional[" + json + "]");
    }

    @ParameterizedTest
    @CsvSource({
        "INT, 8.5",
        "INT, 99999999999999999999",
        "INT, many",
        "DECIMAL, '1,250.50'",
        "DECIMAL, '1.250,50'",
        "DECIMAL, 1e999999999",
        "DECIMAL, $5",
        "DECIMAL, NaN",
        "BOOL, maybe",
    })
    void aCellOfAnotherTypeIsNot(ValueType type, String text) {
        assertThat(type.parse(text)).isEmpty();
    }
}
