package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.replay.MarkSet;
import io.smarketing.lifecycle.replay.OutcomeTally;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.replay.columns.ThresholdSweep;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.ToLongBiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
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
class Sweeps implements ApplicationListener<ContextClosedEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeps.class);
    private static final int MOST_KEPT = 8;
    /** Columns that were merged since take room as long as a replay over them is held. */
    private static final int MOST_HELD = 4;

    private final StoreColumns columns;
    private final Policies policies;
    private final Map<UUID, Sweep> kept = new LinkedHashMap<>(MOST_KEPT, 1, true);
    /** What the last replays read, until somebody asks about them. */
    private final Map<UUID, HistoryColumns> held = new LinkedHashMap<>();

    private volatile boolean stopping;

    Sweeps(StoreColumns columns, Policies policies) {
        this.columns = columns;
        this.policies = policies;
    }

    /** Whoever waits for a pass is told to ask again, and the engine's stop waits for none. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        stopping = true;
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

    /** A replay is done: thresholds that are asked for soon are looked for where it looked. */
    void hold(UUID replay, HistoryColumns read) {
        synchronized (held) {
            held.put(replay, read);
            if (held.size() > MOST_HELD) {
                held.remove(held.keySet().iterator().next());
            }
        }
    }

    private @Nullable HistoryColumns release(UUID replay) {
        synchronized (held) {
            return held.remove(replay);
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
        try {
            HistoryColumns read = release(replay.id());
            HistoryColumns history = read == null ? columns.upToNow(() -> stopping) : read;
            ThresholdSweep answers = ThresholdSweep.of(
                            history, comparison.question(ReplayQuestion.Listed.NONE), () -> stopping)
                    .orElseThrow(() -> new RefusedReplay(
                            HttpStatus.CONFLICT,
                            "trusts-external-marks",
                            "id",
                            "the candidate trusts the marks of other systems, which no threshold moves",
                            "ask for a replay with each threshold"));
            return new Sweep(
                    history.coverage().position(), comparison.candidate().threshold(), answers);
        } catch (IOException e) {
            LOG.warn("there are no columns to try thresholds on: {}", e.getMessage());
            throw RefusedReplay.later(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "no-columns",
                    "the history columns cannot be made: %s".formatted(e.getMessage()),
                    60);
        } catch (CancellationException e) {
            throw RefusedReplay.later(HttpStatus.SERVICE_UNAVAILABLE, "unavailable", "the engine is stopping", 5);
        }
    }
}
