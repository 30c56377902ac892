package io.smarketing.lifecycle.api.intake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeaderValueTest {

    @Test
    void whatIsPercentEncodedIsRead() {
        assertThat(HeaderValue.decoded("Euro%20%E2%82%AC%20%F0%9F%98%80")).isEqualTo("Euro \u20AC \uD83D\uDE00");
        assertThat(HeaderValue.decoded("100%25%22")).isEqualTo("100%\"");
        assertThat(HeaderValue.decoded("%c3%a9%24%5C1")).isEqualTo("\u00E9$\\1");
        assertThat(HeaderValue.decoded("%2525")).as("once").isEqualTo("%25");
    }

    @Test
    void whatEncodesNothingStaysAsItIs() {
        assertThat(HeaderValue.decoded("urn:example:crm+a")).isEqualTo("urn:example:crm+a");
        assertThat(HeaderValue.decoded("100% of %zz and %4")).isEqualTo("100% of %zz and %4");
        assertThat(HeaderValue.decoded("%FF%20a")).as("no UTF-8").isEqualTo("%FF%20a");
        assertThat(HeaderValue.decoded("%C0%AF")).as("longer than need be").isEqualTo("%C0%AF");
    }
}
