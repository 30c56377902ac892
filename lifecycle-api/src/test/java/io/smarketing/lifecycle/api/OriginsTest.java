package io.smarketing.lifecycle.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginsTest {

    private static final String HOST = "localhost:8080";
    private static final Origins ORIGINS = new Origins(List.of("https://funnel.example"), "127.0.0.1");

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, localhost:8080",
                "-, -, -",
                "same-origin, http://localhost:8080, localhost:8080",
                "none, -, localhost:8080",
                "-, HTTP://LocalHost:8080, localhost:8080",
                "-, http://[::1]:8080, [::1]:8080",
                "-, http://engine.example, engine.example",
                "-, http://engine.example, engine.example:80",
                "same-origin, https://engine.example, engine.example",
                "cross-site, https://funnel.example, localhost:8080",
            })
    void ourPagesAndProgramsWrite(String fetchSite, String origin, String host) {
        assertThat(ORIGINS.isForeign("POST", fetchSite, origin, host)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "cross-site, -, localhost:8080",
                "same-site, -, localhost:8080",
                "same-site, http://localhost:3000, localhost:8080",
                "-, http://localhost:3000, localhost:8080",
                "-, http://localhost, localhost:8080",
                "-, https://evil.example, localhost:8080",
                "-, https://funnel.example.evil.example, localhost:8080",
                "-, https://localhost:8080.evil.example, localhost:8080",
                "-, http://localhost:8080@evil.example, localhost:8080",
                "-, null, localhost:8080",
                "-, file://, localhost:8080",
                "-, http://localhost:8080, -",
                "same-origin, https://evil.example, localhost:8080",
            })
    void othersPagesDoNot(String fetchSite, String origin, String host) {
        assertThat(ORIGINS.isForeign("POST", fetchSite, origin, host)).isTrue();
        assertThat(ORIGINS.isForeign("DELETE", fetchSite, origin, host)).isTrue();
        assertThat(ORIGINS.isForeign("GET", fetchSite, origin, host)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                HOST,
                "LOCALHOST:1",
                "127.0.0.1:8080",
                "127.1.2.3",
                "[::1]:8080",
                "a.localhost",
                "funnel.example"
            })
    void aServerOfThisMachineIsAskedByItsNames(String host) {
        assertThat(ORIGINS.isForeignHost(host)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8080",
                "127.0.0.1.evil.example",
                "localhost.evil.example:8080",
                "192.0.2.1",
                ""
            })
    void aServerOfThisMachineIsNotAskedByOthers(String host) {
        assertThat(ORIGINS.isForeignHost(host)).isTrue();
    }

    @Test
    void aServerThatOthersReachIsAskedByAnyName() {
        for (String address : List.of("", "0.0.0.0", "192.0.2.1")) {
            assertThat(new Origins(List.of(), address).isForeignHost("engine.example"))
                    .isFalse();
        }
        assertThat(ORIGINS.isForeignHost(null)).isFalse();
    }
}
