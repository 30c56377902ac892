package io.smarketing.lifecycle.projections.replay;

import static io.smarketing.lifecycle.projections.RefusedRequest.badRequest;

import io.smarketing.lifecycle.event.Quote;
import io.smarketing.lifecycle.policy.PolicyPoints;
import io.smarketing.lifecycle.replay.columns.ReplayAnswer;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What replays would have given, had the rules of their candidate given other points: judged while somebody waits, one such question after the other, and kept nowhere.
 */
@Component
class TriedPoints {

    private final ReadColumns columns;
    private final Policies policies;
    private final Replays replays;
    private final ReentrantLock oneByOne = new ReentrantLock(true);

    TriedPoints(ReadColumns columns, Policies policies, Replays replays) {
        this.columns = columns;
        this.policies = policies;
        this.replays = replays;
    }

    /**
     * Judges by the candidate with other points.
     *
     * @param points by rule; 0 leaves the rule out, and one that is not named gives what it gave
     * @param threshold null for the candidate's own
     * @throws RefusedReplay for an audit, for a replay that is not done, for rules that there are not, and for points that no policy may have
     */
    ObjectNode of(ReplayArchive.Kept replay, Map<String, Long> points, @Nullable Long threshold, String analyst) {
        ReplayRequest request = ReplayRequest.again(replay.request(), policies);
        ReplayRequest.Comparison comparison = request.comparison();
        if (comparison == null) {
            throw new RefusedReplay(
                    HttpStatus.CONFLICT,
                    "no-points",
                    "id",
                    "an audit judges by the policies that were in force, each with its own points",
                    "ask for a replay of a candidate");
        }
        if (replay.status() != ReplayArchive.Status.DONE) {
            throw RefusedReplay.notDone(replay, "its points can be tried once it is done");
        }
        String own = request.candidateDocument(policies).orElseThrow();
        try {
            PolicyPoints written = PolicyPoints.of(comparison.candidate(), own);
            refuseUnknown(points, written.rules());
            PolicyPoints.Changed changed = written.with(points, threshold == null ? written.threshold() : threshold)
                    .orElseThrow(() -> new RefusedReplay(
                            HttpStatus.UNPROCESSABLE_CONTENT,
                            "points-not-changeable",
                            "points",
                            "the candidate's text says these points in a way that they cannot be changed here alone",
                            "change the text, and ask for a replay with {\"candidate\": {\"document\": …}}"));
            ReplayRequest.Comparison tried = comparison.with(changed.reading().policy());
            ObjectNode answer = judge(replay, tried, analyst);
            answer.put("document", changed.document());
            answer.put("candidateThreshold", written.threshold());
            answer.put("threshold", tried.candidate().threshold());
            ArrayNode rules = answer.putArray("rules");
            written.rules()
                    .forEach(rule -> rules.addObject()
                            .put("rule", rule.id())
                            .put("list", rule.list())
                            .put("candidatePoints", rule.points())
                            .put("points", points.getOrDefault(rule.id(), rule.points())));
            answer.set("warnings", RefusedReplay.json(changed.reading().warnings()));
            return answer;
        } catch (RefusedDocument e) {
            throw RefusedReplay.badPolicy("points", e);
        }
    }

    private static void refuseUnknown(Map<String, Long> points, List<PolicyPoints.Rule> rules) {
        for (String rule : points.keySet()) {
            if (rules.stream().noneMatch(known -> known.id().equals(rule))) {
                throw badRequest(
                        "unknown-rule",
                        "points",
                        "the candidate has no rule '%s' that gives points".formatted(Quote.of(rule)),
                        "there are " + rules.stream().map(PolicyPoints.Rule::id).collect(Collectors.joining(", ")));
            }
        }
    }

    private ObjectNode judge(ReplayArchive.Kept replay, ReplayRequest.Comparison tried, String analyst) {
        return columns.answer(replay.id(), read -> {
            oneByOne.lock();
            try {
                ReplayAnswer answer =
                        replays.answer(tried.question(ReplayQuestion.Listed.NONE), read, analyst, columns::isStopping);
                ObjectNode told = JsonNodeFactory.instance.objectNode();
                told.put("logPosition", read.coverage().position());
                told.put("candidate", tried.candidate().reference().toString());
                told.set("result", answer.toJson(false));
                return told;
            } finally {
                oneByOne.unlock();
            }
        });
    }
}
