package io.smarketing.lifecycle.projections.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlacesTest {

    private static final Places.Kind REPLAY = Places.Kind.REPLAY;
    private static final Places.Kind AUDIT = Places.Kind.AUDIT;

    private final List<Asked> begun = new ArrayList<>();

    private record Asked(Places.Kind kind, String analyst, int number) implements Places.Asked {

        @Override
        public String toString() {
            return analyst + number;
        }
    }

    private Places<Asked> places(int running, int waiting) {
        return new Places<>(new Places.Limits(running, waiting), begun::add);
    }

    private static Asked ask(Places<Asked> places, Places.Kind kind, String analyst, int number) {
        places.check(kind, analyst);
        Asked asked = new Asked(kind, analyst, number);
        places.add(asked);
        return asked;
    }

    private static void ask(Places<Asked> places, Places.Kind kind, String analyst, int from, int upTo) {
        for (int number = from; number <= upTo; number++) {
            ask(places, kind, analyst, number);
        }
    }

    private List<String> begunNames() {
        return begun.stream().map(Asked::toString).toList();
    }

    /** Ends the one that began first, again and again. */
    private void endAll(Places<Asked> places) {
        for (int ended = 0; ended < begun.size(); ended++) {
            places.ended(begun.get(ended));
        }
    }

    @Test
    void anAnalystRunsSoManyAndTheOthersBeginAtOnce() {
        Places<Asked> places = places(4, 8);
        ask(places, REPLAY, "ann", 1, 12);
        assertThat(begunNames()).containsExactly("ann1", "ann2", "ann3", "ann4");
        ask(places, REPLAY, "ben", 1, 1);
        assertThat(begunNames()).endsWith("ben1");
        places.ended(begun.get(2));
        assertThat(begunNames()).endsWith("ann5").hasSize(6);
    }

    @Test
    void whatWaitsBeginsOneAnalystAfterTheOther() {
        Places<Asked> places = places(10, 20);
        ask(places, REPLAY, "dan", 1, 10);
        ask(places, REPLAY, "ann", 1, 4);
        ask(places, REPLAY, "ben", 1, 2);
        ask(places, REPLAY, "cid", 1, 1);
        endAll(places);
        assertThat(begunNames().subList(10, 17))
                .containsExactly("ann1", "ben1", "cid1", "ann2", "ben2", "ann3", "ann4");
    }

    @Test
    void whoHasAllThatHeMayIsPassedOverAndKeepsHisTurn() {
        Places<Asked> places = places(4, 8);
        ask(places, REPLAY, "ann", 1, 5);
        ask(places, REPLAY, "dan", 1, 4);
        ask(places, REPLAY, "eve", 1, 2);
        ask(places, REPLAY, "ben", 1, 2);
        assertThat(begun).hasSize(10);
        places.ended(new Asked(REPLAY, "dan", 1));
        assertThat(begunNames()).as("ann runs four").endsWith("ben1");
        places.ended(new Asked(REPLAY, "ann", 1));
        assertThat(begunNames()).as("she came before").endsWith("ann5");
        places.ended(new Asked(REPLAY, "dan", 2));
        assertThat(begunNames()).endsWith("ben2");
    }

    private static void assertRefused(
            Places<Asked> places, Places.Kind kind, String analyst, String code, String... words) {
        assertThatThrownBy(() -> places.check(kind, analyst)).isInstanceOfSatisfying(RefusedReplay.class, refusal -> {
            assertThat(refusal.getStatusCode().value()).isEqualTo(429);
            assertThat(refusal.getHeaders().getFirst("Retry-After")).isEqualTo("30");
            Map<String, Object> properties =
                    Objects.requireNonNull(refusal.getBody().getProperties());
            assertThat(properties).containsEntry("code", code);
            assertThat("%s; %s".formatted(refusal.getBody().getDetail(), properties.get("mend")))
                    .contains(words);
        });
    }

    @Test
    void anAnalystWhoHasTooManyWaitingIsToldTheLimitAndOthersAreTaken() {
        Places<Asked> places = places(4, 8);
        ask(places, REPLAY, "ann", 1, 12);
        assertRefused(
                places,
                REPLAY,
                "ann",
                "too-many-replays-of-analyst",
                "8 replays of the analyst 'ann' wait already",
                "lifecycle.replays.most-waiting-per-analyst",
                "4 run, of 4 that may",
                "cancel one");
        ask(places, REPLAY, "ben", 1, 12);
        places.ended(begun.get(0));
        places.check(REPLAY, "ann");
    }

    @Test
    void whoIsAnonymousIsToldHowToGetPlacesOfHisOwn() {
        Places<Asked> places = places(1, 1);
        ask(places, REPLAY, "anonymous", 1, 2);
        assertRefused(places, REPLAY, "anonymous", "too-many-replays-of-analyst", "X-Analyst", "name yourself");
    }

    @Test
    void allTogetherWaitNoMoreThanTwenty() {
        Places<Asked> places = places(4, 8);
        for (String analyst : List.of("ann", "ben", "cid")) {
            ask(places, REPLAY, analyst, 1, 10);
        }
        assertRefused(places, REPLAY, "dan", "too-many-replays", "20 replays wait already");
        ask(places, AUDIT, "dan", 1);
        assertThat(begunNames()).as("nothing keeps it from beginning").endsWith("dan1");
        assertRefused(places, AUDIT, "dan", "too-many-replays", "20 replays wait already");
    }

    @Test
    void auditsGoOneAtATimeAndHoldUpNoReplayOfTheSameAnalyst() {
        Places<Asked> places = places(4, 8);
        ask(places, AUDIT, "ann", 1, 3);
        ask(places, REPLAY, "ann", 4, 7);
        assertThat(begunNames()).containsExactly("ann1", "ann4", "ann5", "ann6");
        ask(places, AUDIT, "ben", 1);
        places.ended(begun.get(0));
        assertThat(begunNames())
                .as("her fourth place goes to her next replay, and the audits' to ben")
                .endsWith("ann7", "ben1");
    }

    @Test
    void whatIsCancelledWhileItWaitsMakesRoom() {
        Places<Asked> places = places(1, 2);
        Asked first = ask(places, REPLAY, "ann", 1);
        Asked second = ask(places, REPLAY, "ann", 2);
        ask(places, REPLAY, "ann", 3);
        assertThat(places.remove(first)).as("it runs").isFalse();
        assertThat(places.remove(second)).isTrue();
        assertThat(places.remove(second)).isFalse();
        ask(places, REPLAY, "ann", 4);
        endAll(places);
        assertThat(begunNames()).containsExactly("ann1", "ann3", "ann4");
    }

    @Test
    void nothingBeginsBehindTheEnd() {
        Places<Asked> places = places(1, 2);
        ask(places, REPLAY, "ann", 1, 2);
        places.close();
        places.ended(begun.get(0));
        places.add(new Asked(REPLAY, "ben", 1));
        assertThat(begunNames()).containsExactly("ann1");
    }

    @Test
    void aLimitOfNoneIsRefusedAtTheStart() {
        assertThatThrownBy(() -> new Places.Limits(0, 1)).hasMessageContaining("most-running-per-analyst is 0");
        assertThatThrownBy(() -> new Places.Limits(1, 0)).hasMessageContaining("most-waiting-per-analyst is 0");
    }

    /** Whatever comes and ends: no limit is passed, nothing is lost, and no place is free that somebody waits for. */
    @Test
    void noPlaceIsPassedNorWasted() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            begun.clear();
            int mostOfAnalyst = 1 + random.nextInt(4);
            Places<Asked> places = places(mostOfAnalyst, 1 + random.nextInt(8));
            List<Asked> waiting = new ArrayList<>();
            List<Asked> running = new ArrayList<>();
            for (int step = 0; step < 200; step++) {
                if (random.nextInt(3) > 0 || running.isEmpty()) {
                    Asked asked = new Asked(random.nextInt(4) == 0 ? AUDIT : REPLAY, "a" + random.nextInt(5), step);
                    try {
                        places.check(asked.kind(), asked.analyst());
                    } catch (RefusedReplay e) {
                        continue;
                    }
                    waiting.add(asked);
                    places.add(asked);
                } else {
                    places.ended(running.remove(random.nextInt(running.size())));
                }
                running.addAll(begun);
                waiting.removeAll(begun);
                begun.clear();
                assertHolds("seed %d, step %d".formatted(seed, step), mostOfAnalyst, running, waiting);
            }
        }
    }

    private static void assertHolds(String when, int mostOfAnalyst, List<Asked> running, List<Asked> waiting) {
        Map<Places.Kind, Integer> ofKind = new HashMap<>();
        Map<String, Integer> ofAnalyst = new HashMap<>();
        for (Asked asked : running) {
            ofKind.merge(asked.kind(), 1, Integer::sum);
            ofAnalyst.merge(asked.analyst(), 1, Integer::sum);
        }
        ofKind.forEach((kind, count) -> assertThat(count).as(when).isLessThanOrEqualTo(kind.places()));
        ofAnalyst.forEach((analyst, count) -> assertThat(count).as(when).isLessThanOrEqualTo(mostOfAnalyst));
        assertThat(waiting).as(when).hasSizeLessThanOrEqualTo(Places.MOST_WAITING);
        assertThat(waiting)
                .as(when)
                .allMatch(asked ->
                        ofKind.getOrDefault(asked.kind(), 0) == asked.kind().places()
                                || ofAnalyst.getOrDefault(asked.analyst(), 0) == mostOfAnalyst);
    }
}
