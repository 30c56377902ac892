package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.standalone.SharedData;

/** Policies that the tests judge by. */
final class Policies {

    private Policies() {}

    /** The example, and one rule more: five of fit, four of engagement, one that disqualifies. */
    static String ofTenRules() {
        String example = SharedData.exampleText("b2b-default.yaml");
        String more = example.replace(
                "engagement: ", "  - {id: german, when: \"lead.country == 'DE'\", points: 5}\n\nengagement: ");
        assertThat(more.lines().filter(line -> line.startsWith("  - {id: ")).count())
                .isEqualTo(10);
        return more;
    }
}
