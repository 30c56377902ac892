package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.history.History;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.replay.columns.ColumnarReplay;
import io.smarketing.lifecycle.replay.columns.ColumnsWriter;
import io.smarketing.lifecycle.replay.columns.Coverage;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.LeadsInColumns;
import io.smarketing.lifecycle.replay.columns.Merging;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.replay.columns.UnusableColumns;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A history that grows while its columns are kept: they are those of the whole, whenever and in whatever portions it came. */
class GrowingColumnsTest {

    private static final int SEEDS = Integer.getInteger("growing.seeds", 120);
    private static final int POLICIES = 20;

    private final List<Policy> policies = new ArrayList<>();

    @TempDir
    private Path temporary = Path.of("");

    GrowingColumnsTest() throws RefusedDocument {
        for (int seed = 0; seed < POLICIES; seed++) {
            policies.add(PolicyReader.read("random", RandomHistory.policy(seed)).policy());
        }
    }

    /** Leads of several seeds, each line a seed's in turn, so that leads of the columns get further facts. */
    private static List<LeadHistory> leads(Map<Integer, List<String>> linesBySeed, double share) {
        List<LeadHistory> leads = new ArrayList<>();
        linesBySeed.forEach((seed, lines) -> {
            History history = ReplayAgainstNaiveTest.history(lines.subList(0, (int) (lines.size() * share)));
            for (LeadHistory lead : history.leads()) {
                leads.add(new LeadHistory(seed + "-" + lead.leadId(), lead.entries()));
            }
        });
        return leads;
    }

    private static Coverage coverage(long position) {
        return new Coverage(Coverage.Kind.STORE, "test", position, position, "digest");
    }

    @Test
    void columnsThatWereAddedToAndMergedAreThoseOfTheWholeHistory() throws IOException {
        long superseded = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            Map<Integer, List<String>> lines = new HashMap<>();
            for (int part = 0; part < 1 + random.nextInt(3); part++) {
                lines.put(part, RandomHistory.lines(1_000L * seed + part));
            }
            Path folder = temporary.resolve("seed-" + seed);
            List<LeadHistory> known = List.of();
            HistoryColumns columns = null;
            for (double share = 0.2 + random.nextDouble() / 2; ; share = Math.min(1, share + random.nextDouble() / 2)) {
                List<LeadHistory> now = leads(lines, share);
                columns = grown(folder, columns, known, now, random);
                known = now;
                superseded += columns.supersededLeads();
                assertSame(seed, random, columns, known);
                if (random.nextInt(3) == 0) {
                    columns = merged(folder, columns, known, random);
                    assertSame(seed, random, columns, known);
                }
                if (share == 1) {
                    break;
                }
            }
            assertSame(seed, random, HistoryColumns.open(folder), known);
        }
        assertThat(superseded).as("superseded leads").isGreaterThan(SEEDS);
    }

    private static HistoryColumns grown(
            Path folder,
            @Nullable HistoryColumns columns,
            List<LeadHistory> before,
            List<LeadHistory> now,
            Random random)
            throws IOException {
        ColumnsWriter writer = columns == null ? new ColumnsWriter(folder) : new ColumnsWriter(folder, columns);
        Set<LeadHistory> known = new HashSet<>(before);
        write(writer, now.stream().filter(lead -> !known.contains(lead)).toList(), 1 + random.nextInt(9));
        writer.finish(coverage(now.size()));
        return columns == null ? HistoryColumns.open(folder) : columns.reopened(folder);
    }

    private static void write(ColumnsWriter writer, List<LeadHistory> leads, int leadsPerSegment) throws IOException {
        for (int from = 0; from < leads.size(); from += leadsPerSegment) {
            writer.segment(
                    from,
                    leads.subList(from, Math.min(leads.size(), from + leadsPerSegment))
                            .iterator());
        }
    }

    private static HistoryColumns merged(Path folder, HistoryColumns columns, List<LeadHistory> now, Random random)
            throws IOException {
        Set<String> ids = new HashSet<>();
        int segments = columns.shares().size();
        for (int i = 0; i < segments; i++) {
            if (random.nextBoolean()) {
                ids.addAll(columns.leadIds(i));
            }
        }
        ColumnsWriter writer = new ColumnsWriter(folder, columns);
        write(writer, now.stream().filter(lead -> ids.contains(lead.leadId())).toList(), ids.size() + 1);
        writer.finish(columns.coverage());
        return columns.reopened(folder);
    }

    private void assertSame(int seed, Random random, HistoryColumns columns, List<LeadHistory> leads) {
        assertThat(columns.leads()).as("leads, seed %d", seed).isEqualTo(leads.size());
        Policy candidate = policies.get(random.nextInt(POLICIES));
        Policy baseline = random.nextBoolean() ? null : policies.get(random.nextInt(POLICIES));
        Judge.Order order = random.nextBoolean() ? Judge.Order.ARRIVAL : Judge.Order.OCCURRENCE;
        Dimension dimension = new Dimension(random.nextBoolean() ? "source" : "employees");
        @Nullable Instant knownAt = random.nextInt(3) > 0 ? null : Instant.parse("2025-03-03T00:00:00Z");
        ReplayQuestion question =
                new ReplayQuestion(candidate, baseline, order, knownAt, dimension, new CaptureRange(null, null), true);
        List<LeadHistory> cut = knownAt == null
                ? leads
                : leads.stream()
                        .flatMap(lead -> LeadHistory.released(
                                lead.leadId(), lead.knownAt(knownAt).entries())
                                .stream())
                        .toList();
        ReplayResult expected = question.plainFold().run(cut, () -> {});

        // What is kept was found when other leads stood.
        assertThat((random.nextBoolean() ? new ColumnarReplay(columns) : ColumnarReplay.keeping(columns))
                        .run(question, 1 + random.nextInt(2), done -> {}, () -> false)
                        .toJson(false)
                        .toString())
                .as("seed %d, %s", seed, question)
                .isEqualTo(expected.toJson(false).toString());
        Set<String> ids = leads.stream()
                .map(LeadHistory::leadId)
                .filter(id -> random.nextBoolean())
                .collect(Collectors.toSet());
        assertThat(new LeadsInColumns(columns).explained(question, ids))
                .as("leads that are looked at, seed %d, %s", seed, question)
                .extracting(LeadResult::leadId, LeadResult::candidateMark)
                .isEqualTo(expected.leads().stream()
                        .filter(lead -> ids.contains(lead.leadId()))
                        .map(lead -> tuple(lead.leadId(), lead.candidateMark()))
                        .toList());
    }

    private static List<LeadHistory> some() {
        Map<Integer, List<String>> lines = new HashMap<>();
        for (int seed = 1; seed <= 4; seed++) {
            lines.put(seed, RandomHistory.lines(seed));
        }
        return leads(lines, 1);
    }

    /** Three leads of the first segment stand in the second. */
    private static HistoryColumns two(Path folder) throws IOException {
        ColumnsWriter writer = new ColumnsWriter(folder);
        List<LeadHistory> leads = some();
        write(writer, leads, leads.size());
        writer.finish(coverage(1));
        HistoryColumns columns = HistoryColumns.open(folder);
        ColumnsWriter further = new ColumnsWriter(folder, columns);
        write(further, leads.subList(0, 3), 3);
        further.finish(coverage(2));
        return columns.reopened(folder);
    }

    private static Path only(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .reduce((one, two) -> {
                        throw new AssertionError("%s and %s".formatted(one, two));
                    })
                    .orElseThrow();
        }
    }

    @Test
    void whatIsSupersededIsCheckedLikeAllElse() throws IOException {
        assertThat(two(temporary).supersededLeads()).isEqualTo(3);
        Path superseded = only(temporary, ".superseded");
        byte[] right = Files.readAllBytes(superseded);

        Files.write(superseded, new byte[] {(byte) (right[0] ^ 1)});
        assertThatThrownBy(() -> HistoryColumns.open(temporary)).isInstanceOf(UnusableColumns.class);
        Files.delete(superseded);
        assertThatThrownBy(() -> HistoryColumns.open(temporary))
                .isInstanceOfSatisfying(
                        UnusableColumns.class, e -> assertThat(e.kind()).isEqualTo(UnusableColumns.Kind.INCOMPLETE));
        Files.write(superseded, right);
        assertThat(HistoryColumns.open(temporary).supersededLeads()).isEqualTo(3);
    }

    @Test
    void anAdditionThatDidNotComeToItsEndLeavesWhatWasThereAndItsFilesGoWithTheNext() throws IOException {
        HistoryColumns before = two(temporary);
        new ColumnsWriter(temporary, before).segment(0, some().iterator());
        assertThat(HistoryColumns.open(temporary).coverage()).isEqualTo(coverage(2));
        assertThat(HistoryColumns.open(temporary).leads()).isEqualTo(before.leads());

        new ColumnsWriter(temporary, before).finish(coverage(3));

        assertThat(before.reopened(temporary).leads()).isEqualTo(before.leads());
        try (Stream<Path> files = Files.list(temporary)) {
            assertThat(files).as("two segments, one with superseded leads").hasSize(4);
        }
    }

    @Test
    void manySmallSegmentsAreDueToBeMergedAndOnesThatAreWornToo() throws IOException {
        List<LeadHistory> leads = some();
        HistoryColumns few = HistoryColumns.of(leads.subList(0, 7), 1);
        assertThat(Merging.due(few, 1_000, 1_000_000)).isEmpty();
        HistoryColumns many = HistoryColumns.of(leads.subList(0, 8), 1);
        assertThat(Merging.due(many, 1_000, 1_000_000)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(Merging.due(many, 2, 1_000_000))
                .as("they are as large as they get")
                .isEmpty();

        HistoryColumns worn = two(temporary);
        assertThat(worn.shares().get(0).superseded()).isEqualTo(3);
        assertThat(Merging.due(worn, 1_000, 1_000_000)).as("three are no third").isEmpty();
        ColumnsWriter writer = new ColumnsWriter(temporary, worn);
        write(writer, leads.subList(0, leads.size() / 2), leads.size());
        writer.finish(coverage(3));
        assertThat(Merging.due(worn.reopened(temporary), 1_000, 1_000_000)).containsExactly(0);
    }
}
