package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.replay.MarkSet;
import io.smarketing.lifecycle.replay.OutcomeTally;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.replay.columns.ThresholdSweep;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.ToLongBiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What replays would have given under other thresholds. The first question about a replay passes once over the columns, on all cores, one
 * such question after the other; all others are looked up, as long as the replay is among the last ones that were asked about.
 */
@Component
class Sweeps {

    private static final int MOST_KEPT = 8;

    private final ReadColumns columns;
    private final Policies policies;
    private final Map<UUID, Sweep> kept = new LinkedHashMap<>(MOST_KEPT, 1, true);

    Sweeps(ReadColumns columns, Policies policies) {
        this.columns = columns;
        this.policies = policies;
    }

    /**
     * One pass.
     *
     * @param logPosition everything in the store up to there was read, and nothing else
     * @param threshold the candidate's own
     */
    record Sweep(long logPosition, long threshold, ThresholdSweep answers) {

        /** The answer that holds for a threshold. */
        ObjectNode at(long asked) {
            ObjectNode answer = head(asked);
            answer.putArray("answers").add(answer(answers.place(asked)));
            return answer.putNull("next");
        }

        /**
         * Answers for rising thresholds.
         *
         * @param behind those that hold above it only; null for all
         */
        ObjectNode all(@Nullable Long behind, int most) {
            ObjectNode answer = head(null);
            ArrayNode list = answer.putArray("answers");
            int place = behind == null ? 0 : answers.place(Math.addExact(behind, 1));
            while (place <= answers.levels() && list.size() < most) {
                list.add(answer(place++));
            }
            return answer.put("next", place <= answers.levels() ? (Long) answers.level(place - 1) : null);
        }

        private ObjectNode head(@Nullable Long asked) {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("logPosition", logPosition)
                    .put("candidateThreshold", threshold)
                    .put("threshold", asked)
                    .put("slowLeads", answers.slowLeads());
        }

        private ObjectNode answer(int place) {
            ThresholdSweep.Answer found = answers.answer(place);
            ObjectNode answer = JsonNodeFactory.instance
                    .objectNode()
                    .put("above", place == 0 ? null : (Long) answers.level(place - 1))
                    .put("upTo", place < answers.levels() ? (Long) answers.level(place) : null);
            answer.set("sets", sets(found::first));
            answer.set("otherCycles", sets(found::other));
            ArrayNode funnel = answer.putArray("funnel");
            for (Stage stage : Stage.values()) {
                funnel.addObject()
                        .put("stage", stage.name())
                        .put("ever", found.ever(stage))
                        .put("entered", found.entered(stage))
                        .put("reached", found.reached(stage))
                        .put("open", found.open(stage));
            }
            return answer;
        }

        private static ObjectNode sets(ToLongBiFunction<MarkSet, Cycle.Outcome> counts) {
            ObjectNode sets = JsonNodeFactory.instance.objectNode();
            for (MarkSet set : MarkSet.values()) {
                ObjectNode node = sets.putObject(set.word());
                for (Cycle.Outcome outcome : Cycle.Outcome.values()) {
                    node.put(OutcomeTally.word(outcome), counts.applyAsLong(set, outcome));
                }
            }
            return sets;
        }
    }

    /**
     * The sweep of a replay, over what it read; over what was stored when it was first asked about, where that is not at hand any more.
     *
     * @throws RefusedReplay for an audit, and for a candidate that trusts other systems' marks
     */
    Sweep of(ReplayArchive.Kept replay) {
        Sweep found = known(replay.id());
        return found == null ? found(replay) : found;
    }

    private @Nullable Sweep known(UUID replay) {
        synchronized (kept) {
            return kept.get(replay);
        }
    }

    private synchronized Sweep found(ReplayArchive.Kept replay) {
        Sweep meanwhile = known(replay.id());
        if (meanwhile != null) {
            return meanwhile;
        }
        Sweep found = pass(replay);
        synchronized (kept) {
            kept.put(replay.id(), found);
            if (kept.size() > MOST_KEPT) {
                kept.remove(kept.keySet().iterator().next());
            }
        }
        return found;
    }

    private Sweep pass(ReplayArchive.Kept replay) {
        ReplayRequest.Comparison comparison =
                ReplayRequest.again(replay.request(), policies).comparison();
        if (comparison == null) {
            throw new RefusedReplay(
                    HttpStatus.CONFLICT,
                    "no-threshold",
                    "id",
                    "an audit judges by the policies that were in force, each with its own threshold",
                    "ask for a replay of a candidate");
        }
        return columns.answer(replay.id(), history -> {
            ThresholdSweep answers = ThresholdSweep.of(
                            history, comparison.question(ReplayQuestion.Listed.NONE), columns::isStopping)
                    .orElseThrow(() -> new RefusedReplay(
                            HttpStatus.CONFLICT,
                            "trusts-external-marks",
                            "id",
                            "the candidate trusts the marks of other systems, which no threshold moves",
                            "ask for a replay with each threshold"));
            return new Sweep(
                    history.coverage().position(), comparison.candidate().threshold(), answers);
        });
    }
}
