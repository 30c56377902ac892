package io.smarketing.lifecycle.projections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a shadow shows is what a replay in order of arrival would come to, whatever the log says of other policies. */
class ShadowTopologyTest {

    private static final int SEEDS = Integer.getInteger("topology.seeds", 60);
    private static final List<Policy> POLICIES = List.of(policy("ignored"), policy("trusted"));

    @TempDir
    private Path stateDir = Path.of("");

    private static Policy policy(String externalMarks) {
        try {
            return PolicyReader.read("test", """
                            name: candidate-%1$s
                            threshold: 8
                            attributes: {employees: int, country: string}
                            fit:
                              - {id: size, when: "lead.employees >= 100", points: 5}
                            engagement:
                              - {id: views, activity: page_view, points: 2, cap: 6, within: P3D}
                              - {id: habit, activity: page_view, points: 3, halfLife: PT36H}
                            disqualify:
                              - {id: abroad, when: "lead.country == 'US'", reason: abroad}
                            recycle: {cooldown: P1D}
                            externalMarks: %1$s
                            """.formatted(externalMarks)).policy();
        } catch (RefusedDocument e) {
            throw new IllegalStateException(e);
        }
    }

    private TopologyRun run(KeptStore.Disk disk, TopologyRun.Compacted compacted, Policy policy) {
        return new TopologyRun(
                disk,
                compacted,
                stateDir.toString(),
                policy.reference().toString(),
                () -> new ShadowFolding(policy),
                TopologyRun.METRICS,
                TopologyRun.STANDING_STILL);
    }

    private static void assertIsTheReplay(
            TopologyRun.Compacted shown, Policy policy, List<RandomLog.Written> log, String what) {
        Judge judge = new Judge(policy, Judge.Order.ARRIVAL);
        ShownFunnel.assertEqualsOffline(
                shown.rows(),
                policy.reference().toString(),
                lead -> judge.judge(lead).marks(),
                log,
                what);
        assertThat(shown.states()).as("what is official stays as it is").isEmpty();
    }

    @Test
    void itsRowsAreTheReplayInOrderOfArrival() {
        int marked = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Policy policy = POLICIES.get((int) (seed % 2));
            List<RandomLog.Written> log = RandomLog.of(seed, 1 + (int) (seed % 12));
            TopologyRun.Compacted shown = new TopologyRun.Compacted();
            try (TopologyRun run = run(new KeptStore.Disk(), shown, policy)) {
                run.send(log);
                run.tick();
                assertThat(run.counts().gaps()).isZero();
            }
            assertIsTheReplay(shown, policy, log, "seed " + seed);
            marked += shown.row("[\"%s\",\"all\",null,\"all\",\"all\",\"MQL\"]".formatted(policy.reference()))
                                    .path("ever")
                                    .intValue()
                            > 0
                    ? 1
                    : 0;
        }
        assertThat(marked).isGreaterThan(SEEDS / 3);
    }

    /** Its leads are no longer in memory then, and judged again from what is kept of them. */
    @Test
    void afterACrashItGoesOnAsIfNothingHadBeen() {
        for (long seed = 0; seed < SEEDS / 3; seed++) {
            Policy policy = POLICIES.get((int) (seed % 2));
            List<RandomLog.Written> log = RandomLog.of(seed, 8);
            Random random = new Random(seed);
            TopologyRun.Compacted shown = new TopologyRun.Compacted();
            KeptStore.Disk disk = new KeptStore.Disk();
            int from = 0;
            while (from < log.size()) {
                int to = Math.min(log.size(), from + 1 + random.nextInt(30));
                try (TopologyRun run = run(disk, shown, policy)) {
                    run.send(log.subList(from, to));
                    disk = disk.copy();
                }
                from = to;
            }
            try (TopologyRun run = run(disk, shown, policy)) {
                run.tick();
            }
            assertIsTheReplay(shown, policy, log, "seed " + seed);
        }
    }
}
