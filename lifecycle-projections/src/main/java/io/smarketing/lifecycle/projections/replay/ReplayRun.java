package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.smarketing.lifecycle.replay.Audit;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.Replay;
import io.smarketing.lifecycle.replay.ReplayResult;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One pass over the store, portion by portion: what is asked for is worked out, and nothing is written. */
final class ReplayRun {

    private final Policies policies;
    private final Iterator<List<StoredLead>> portions;
    private final Runnable progress;

    /**
     * Reads the portions to their end.
     *
     * @param progress is called once a lead, from many threads, and may throw to stop the run
     */
    ReplayRun(Policies policies, Iterator<List<StoredLead>> portions, Runnable progress) {
        this.policies = policies;
        this.portions = portions;
        this.progress = progress;
    }

    /** Why a replay came to nothing; the message is for who asked. */
    static final class Failed extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Failed(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Compares two policies.
     *
     * @param each is given the results of single leads, portion by portion, in the order of the leads, with the portion they are of
     */
    ReplayResult replay(ReplayRequest.Comparison request, BiConsumer<List<LeadResult>, List<LeadHistory>> each) {
        Replay replay = request.plainFold();
        boolean[] dimensionSeen = {request.isDimensionDeclared()};
        Iterator<List<LeadHistory>> histories = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return portions.hasNext();
            }

            @Override
            public List<LeadHistory> next() {
                List<LeadHistory> portion = readable(portions.next(), request.asKnownAt());
                dimensionSeen[0] = dimensionSeen[0]
                        || portion.parallelStream()
                                .anyMatch(lead -> lead.attributeNames().contains(request.dimension()));
                return portion;
            }
        };
        ReplayResult result = replay.run(histories, each, progress);
        if (!dimensionSeen[0]) {
            throw noDimension(request.dimension());
        }
        return result;
    }

    static List<LeadHistory> readable(List<StoredLead> portion, @Nullable Instant asKnownAt) {
        List<LeadHistory> readable = new ArrayList<>(portion.size());
        for (StoredLead lead : portion) {
            LeadHistory history = readable(lead);
            readable.add(asKnownAt == null ? history : history.knownAt(asKnownAt));
        }
        return readable;
    }

    /** A lead all of which can be read. */
    static LeadHistory readable(StoredLead lead) {
        lead.unreadable().ifPresent(row -> {
            throw new Failed("event %d of lead '%s' cannot be read: %s (an audit lists all such leads)"
                    .formatted(row.sequence(), lead.history().leadId(), row.reason()));
        });
        return lead.history();
    }

    /** What a replay says when nobody has its dimension. */
    static Failed noDimension(String name) {
        return new Failed("no lead has the attribute '%s', so it is no dimension (there are %s, and attributes)"
                .formatted(name, String.join(", ", Dimension.BUILT_IN)));
    }

    /** Judges again as it was judged. */
    Audit.Result audit() {
        Map<PolicyRef, Optional<Policy>> known = new ConcurrentHashMap<>();
        Audit audit = new Audit(reference -> known.computeIfAbsent(reference, this::policy));
        Audit.Result result = Audit.Result.NOTHING;
        while (portions.hasNext()) {
            Audit.Result portion = portions.next().parallelStream()
                    .map(lead -> {
                        Audit.Result one = audit(audit, lead);
                        progress.run();
                        return one;
                    })
                    .reduce(Audit.Result.NOTHING, Audit.Result::plus);
            result = result.plus(portion);
        }
        return result;
    }

    private Optional<Policy> policy(PolicyRef reference) {
        return policies.document(reference).flatMap(document -> {
            try {
                return Optional.of(PolicyReader.readSaved(reference, document));
            } catch (RefusedDocument e) {
                return Optional.empty();
            }
        });
    }

    private static Audit.Result audit(Audit audit, StoredLead lead) {
        Audit.Result readable = audit.audit(lead.history());
        Optional<StoredLead.Unreadable> unreadable = lead.unreadable();
        // What cannot be read comes after all that can; a difference before it is the first.
        if (unreadable.isEmpty()
                || (readable.mismatched() > 0
                        && readable.mismatches().get(0).sequence()
                                < unreadable.get().sequence())) {
            return readable;
        }
        return Audit.Result.of(
                readable.verdicts(),
                new Audit.Mismatch(
                        lead.history().leadId(),
                        unreadable.get().sequence(),
                        "cannot be read: " + unreadable.get().reason()));
    }
}
