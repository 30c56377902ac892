package io.smarketing.lifecycle.projections.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FramesTest {

    @Test
    void aSnapshotNamesItsDimensionAndHoldsAllRows() {
        assertThat(Frames.snapshot(17L, "source", List.of("{\"entered\":1}", "{\"entered\":2}")))
                .isEqualTo("""
                        id: 17
                        event: snapshot
                        data: {"dimension":"source","rows":[{"entered":1},{"entered":2}]}

                        """);
    }

    @Test
    void onlyTheLastOfSeveralSnapshotsHasAnIdToResumeFrom() {
        assertThat(Frames.snapshot(null, "all", List.of()))
                .isEqualTo("event: snapshot\ndata: {\"dimension\":\"all\",\"rows\":[]}\n\n");
    }

    @Test
    void changedRowsCarryTheirChangeNumber() {
        assertThat(Frames.rows(18, List.of("{\"entered\":3}")))
                .isEqualTo("id: 18\nevent: rows\ndata: {\"rows\":[{\"entered\":3}]}\n\n");
    }

    @Test
    void theNameOfADimensionCannotBreakTheFrame() {
        assertThat(Frames.snapshot(1L, "a\"b\n\ndata: c", List.of()))
                .isEqualTo("id: 1\nevent: snapshot\ndata: {\"dimension\":\"a\\\"b\\n\\ndata: c\",\"rows\":[]}\n\n");
    }

    @Test
    void commentsAreNoEvents() {
        assertThat(Frames.HEARTBEAT).startsWith(": ").endsWith("\n\n");
        assertThat(Frames.HELLO).startsWith(": ").contains("\nretry: ").endsWith("\n\n");
    }
}
