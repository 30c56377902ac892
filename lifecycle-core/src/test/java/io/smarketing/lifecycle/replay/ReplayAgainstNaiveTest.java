package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Funnel;
import io.smarketing.lifecycle.history.History;
import io.smarketing.lifecycle.history.HistoryReader;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.Judgement;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The replay against {@link NaiveReplay}, which was written from the design alone by somebody who had not seen it. A
 * failure names its seed; {@link RandomHistory} gives the history and the policies for it.
 */
class ReplayAgainstNaiveTest {

    private static final int SEEDS = Integer.getInteger("replay.seeds", 1_000);
    private static final Instant NOW = Instant.parse("2100-01-01T00:00:00Z");
    private static final List<String> DIMENSIONS = List.of("all", "source", "campaign", "persona", "owner");

    private static final JsonMapper READABLE = JsonMapper.builder()
            .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /** Whatever order the fields were written in. */
    private static String readable(JsonNode node) {
        return READABLE.writeValueAsString(node);
    }

    static History history(List<String> lines) {
        HistoryReader reader = new HistoryReader(NOW, line -> {});
        try {
            reader.read(
                    "random",
                    new ByteArrayInputStream(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)),
                    bytes -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return reader.history();
    }

    private static Policy policy(long seed) {
        try {
            return PolicyReader.read("random", RandomHistory.policy(seed)).policy();
        } catch (RefusedDocument e) {
            throw new IllegalStateException(RandomHistory.policy(seed), e);
        }
    }

    @Test
    void replaysOfRandomHistoriesAreThoseOfTheNaiveReading() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            List<String> lines = RandomHistory.lines(seed);
            History history = history(lines);
            boolean recorded = random.nextBoolean();
            Judge.Order order = recorded || random.nextBoolean() ? Judge.Order.ARRIVAL : Judge.Order.OCCURRENCE;
            @Nullable Instant knownAt = random.nextInt(3) > 0 ? null : someInstant(history, random);
            Policy candidate = policy(seed);
            List<LeadHistory> leads = knownAt == null ? history.leads() : history.knownAt(knownAt);

            Replay replay = recorded
                    ? Replay.againstRecorded(candidate, Dimension.ALL, lead -> true)
                    : Replay.against(policy(seed + 1_000_000), candidate, order, Dimension.ALL, lead -> true);
            ObjectNode actual = replay.run(leads, () -> {}).toJson(true);
            actual.remove(List.of("candidate", "baseline", "hash"));
            actual.get("perLead").forEach(lead -> ((ObjectNode) lead).remove("because"));

            ObjectNode expected = NaiveReplay.replay(
                    lines,
                    RandomHistory.policy(seed),
                    recorded ? null : RandomHistory.policy(seed + 1_000_000),
                    order.name().toLowerCase(Locale.ROOT),
                    knownAt == null ? null : knownAt.toString());
            assertThat(readable(actual))
                    .as(
                            "seed %d, baseline %s, order %s, as known at %s",
                            seed, recorded ? "recorded" : "policy", order, knownAt)
                    .isEqualTo(readable(expected));
        }
    }

    private static @Nullable Instant someInstant(History history, Random random) {
        List<Instant> instants = history.leads().stream()
                .flatMap(lead -> lead.entries().stream())
                .map(entry -> entry.recordedAt())
                .sorted()
                .toList();
        return instants.isEmpty() ? null : instants.get(random.nextInt(instants.size()));
    }

    @Test
    void funnelsOfRandomHistoriesAreThoseOfTheNaiveReading() {
        for (long seed = 0; seed < SEEDS; seed++) {
            List<String> lines = RandomHistory.lines(seed);
            Dimension dimension = new Dimension(DIMENSIONS.get((int) (seed % DIMENSIONS.size())));
            boolean recorded = seed % 3 == 0;
            Judge.Order order = seed % 2 == 0 ? Judge.Order.ARRIVAL : Judge.Order.OCCURRENCE;
            Funnel funnel = new Funnel(dimension);
            for (LeadHistory lead : history(lines).leads()) {
                Marks marks = recorded
                        ? Marks.recorded()
                        : new Judge(policy(seed), order).judge(lead).marks();
                LeadFold.of(lead, marks).ifPresent(funnel::add);
            }
            assertThat(readable(Funnel.toJson(funnel.rows())))
                    .as("seed %d, dimension %s, %s", seed, dimension.name(), recorded ? "recorded" : order)
                    .isEqualTo(readable(NaiveReplay.funnel(
                            lines,
                            recorded ? null : RandomHistory.policy(seed),
                            order.name().toLowerCase(Locale.ROOT),
                            dimension.name())));
        }
    }

    @Test
    void verdictsOnRandomHistoriesAreThoseOfTheNaiveReading() {
        for (long seed = 0; seed < SEEDS; seed++) {
            List<String> lines = RandomHistory.lines(seed);
            for (Judge.Order order : Judge.Order.values()) {
                List<String> actual = new ArrayList<>();
                for (LeadHistory lead : history(lines).leads()) {
                    for (Judgement judgement :
                            new Judge(policy(seed), order).judge(lead).judgements()) {
                        String tail = " %s %d %s"
                                .formatted(
                                        judgement.at(),
                                        judgement.evaluation().score(),
                                        judgement.evaluation().disqualified());
                        if (judgement.scored()) {
                            actual.add(lead.leadId() + " scored" + tail);
                        }
                        if (judgement.marked()) {
                            actual.add(lead.leadId() + " marked-mql" + tail);
                        }
                    }
                }
                assertThat(actual)
                        .as("seed %d, order %s", seed, order)
                        .isEqualTo(NaiveReplay.verdicts(
                                lines, RandomHistory.policy(seed), order.name().toLowerCase(Locale.ROOT)));
            }
        }
    }
}
