package io.smarketing.lifecycle.api.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RelayPositionTest {

    private static LastPositions lasts(Map<Integer, Long> byPartition) {
        return new LastPositions(byPartition);
    }

    private static RelayPosition.Kept again(RelayPosition.Kept kept) {
        return RelayPosition.read(
                new String(RelayPosition.of("lead.events", kept).value(), StandardCharsets.US_ASCII));
    }

    @Test
    void whatIsKeptIsReadAgain() {
        RelayPosition.Kept kept = new RelayPosition.Kept(
                12, "id:0,0,", "20,21", lasts(Map.of(0, 11L, 1, 12L)).toString());

        assertThat(again(kept)).isEqualTo(kept);
        assertThat(again(new RelayPosition.Kept(7, "id:0,"))).isEqualTo(new RelayPosition.Kept(7, "id:0,", "", ""));
    }

    @Test
    void whatEarlierProgramsKeptSaysNothingOfPartitions() {
        for (String earlier : new String[] {"12", "12 id:0,0, 20,21", "12 id:0,0, "}) {
            RelayPosition.Kept kept = RelayPosition.read(earlier);

            assertThat(kept.position()).as(earlier).isEqualTo(12);
            assertThat(lasts(Map.of()).reach(LastPositions.read(kept.lasts())))
                    .as(earlier)
                    .isTrue();
        }
    }

    @Test
    void aPartitionThatEndsEarlierIsNoticedWhereAnotherReachesFurther() {
        LastPositions kept = LastPositions.read("0:11,2:12");

        assertThat(lasts(Map.of(0, 11L, 2, 12L)).reach(kept)).isTrue();
        assertThat(lasts(Map.of(0, 10L, 2, 12L)).reach(kept)).isFalse();
        assertThat(lasts(Map.of(2, 12L)).reach(kept)).as("one that is empty").isFalse();
    }

    @Test
    void whatCameBehindAndPartitionsThatWereAddedAreNoLoss() {
        LastPositions kept = LastPositions.read("0:11,2:12");

        assertThat(lasts(Map.of(0, 14L, 1, 13L, 2, 12L, 3, 15L)).reach(kept)).isTrue();
    }

    @Test
    void partitionsThatGetNothingKeepTheirLastPosition() {
        LastPositions lasts = lasts(Map.of(0, 11L, 2, 12L));

        lasts.append(Map.of(2, 14L, 1, 13L));

        assertThat(lasts).hasToString("0:11,1:13,2:14");
    }
}
