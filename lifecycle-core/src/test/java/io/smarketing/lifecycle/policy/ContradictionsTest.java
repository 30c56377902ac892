package io.smarketing.lifecycle.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoublePredicate;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Comparisons of one field with small numbers are refused exactly when no number satisfies all of them. */
class ContradictionsTest {

    private record Comparison(String text, DoublePredicate holds) {}

    /** The halves between the numbers that are written, and the numbers. */
    private static DoubleStream candidates(String type) {
        double step = type.equals("int") ? 1 : 0.25;
        return IntStream.rangeClosed((int) (-2 / step), (int) (7 / step)).mapToDouble(i -> i * step);
    }

    @ParameterizedTest
    @ValueSource(strings = {"int", "double"})
    void areRefusedExactlyWhenNothingSatisfiesThem(String type) {
        Random random = new Random(20261122);
        int refused = 0;
        for (int round = 0; round < 1_500; round++) {
            List<Comparison> comparisons = new ArrayList<>();
            for (int i = 0; i < 2 + random.nextInt(3); i++) {
                comparisons.add(comparison(type, random));
            }
            String condition = comparisons.stream().map(Comparison::text).collect(Collectors.joining(" && "));
            boolean possible = candidates(type)
                    .anyMatch(value -> comparisons.stream()
                            .allMatch(comparison -> comparison.holds().test(value)));
            assertThat(isRead(type, condition)).as("%s", condition).isEqualTo(possible);
            refused += possible ? 0 : 1;
        }
        assertThat(refused).isBetween(300, 1_200);
    }

    private static boolean isRead(String type, String condition) {
        try {
            PolicyReader.read("p", """
                    name: p
                    threshold: 1
                    attributes: {n: %s}
                    fit: [{id: r, points: 1, when: "%s"}]
                    """.formatted(type, condition));
            return true;
        } catch (RefusedDocument e) {
            assertThat(e).hasMessageContaining("never holds");
            return false;
        }
    }

    private static Comparison comparison(String type, Random random) {
        int number = random.nextInt(5);
        int other = random.nextInt(5);
        String decimals = type.equals("int") ? "" : ".0";
        String written = number + decimals;
        boolean negated = random.nextInt(4) == 0;
        Comparison plain = switch (random.nextInt(7)) {
            case 0 -> new Comparison("lead.n == " + written, value -> value == number);
            case 1 -> new Comparison("lead.n != " + written, value -> value != number);
            case 2 -> new Comparison("lead.n < " + number, value -> value < number);
            case 3 -> new Comparison(number + ".0 >= lead.n", value -> value <= number);
            case 4 -> new Comparison("lead.n > " + number + ".0", value -> value > number);
            case 5 -> new Comparison(number + " <= lead.n", value -> value >= number);
            default ->
                new Comparison(
                        "lead.n in [%s, %s]".formatted(written, other + decimals),
                        value -> value == number || value == other);
        };
        return negated ? new Comparison("!(" + plain.text() + ")", plain.holds().negate()) : plain;
    }
}
