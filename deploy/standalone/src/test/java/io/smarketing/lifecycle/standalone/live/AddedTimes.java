package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Times of rows against those of the row that they add up to: sums exactly, quantiles to the digit. */
final class AddedTimes {

    private AddedTimes() {}

    /**
     * Holds a row against its parts.
     *
     * @param n the field that counts them
     * @param form of the other fields' names, as {@code cycle%s}
     */
    static void assertAddUp(
            List<JsonNode> parts, JsonNode whole, String n, String form, String histogram, String what) {
        AddedHistogram added = new AddedHistogram();
        parts.forEach(part -> added.add(part.path(histogram)));
        assertThat(added.buckets())
                .as("%s, its buckets", what)
                .isEqualTo(new AddedHistogram().add(whole.get(histogram)).buckets());
        assertThat(added.n()).as(what).isEqualTo(whole.get(n).longValue());
        BigDecimal sum = SubscribersFunnel.sum(parts, name(form, "sumSeconds"));
        assertThat(sum).as("%s, sum", what).isEqualTo(number(whole, name(form, "sumSeconds")));
        assertThat(sum == null ? null : sum.divide(BigDecimal.valueOf(added.n()), 6, RoundingMode.HALF_UP))
                .as("%s, mean", what)
                .isEqualTo(number(whole, name(form, "meanSeconds")));
        assertThat(added.median()).as("%s, median", what).isEqualTo(number(whole, name(form, "p50Seconds")));
        assertThat(added.percentile(90)).as("%s, p90", what).isEqualTo(number(whole, name(form, "p90Seconds")));
        if (whole.has(name(form, "p75Seconds"))) {
            assertThat(added.percentile(75)).as("%s, p75", what).isEqualTo(number(whole, name(form, "p75Seconds")));
        }
    }

    private static String name(String form, String name) {
        return form.equals("%s") ? name : form.formatted(SubscribersFunnel.capitalised(name));
    }

    static @Nullable BigDecimal number(JsonNode row, String name) {
        JsonNode number = row.path(name);
        return number.isNumber() ? number.decimalValue() : null;
    }
}
