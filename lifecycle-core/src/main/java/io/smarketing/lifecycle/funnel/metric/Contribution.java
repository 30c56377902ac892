package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.metric.ConversionPath.Mode;
import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.lead.Visit;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What one lead adds to which days: a pure function of its fold. This is where a metric's counting is defined. */
final class Contribution {

    private static final int NEVER = -1;

    private final LeadFold lead;
    private final List<Visit> visits;
    private final MetricDefinition definition;
    private final Additions additions;

    private Contribution(LeadFold lead, MetricDefinition definition, Additions additions) {
        this.lead = lead;
        this.visits = lead.visits();
        this.definition = definition;
        this.additions = additions;
    }

    static void of(LeadFold lead, MetricDefinition definition, Additions additions) {
        Contribution contribution = new Contribution(lead, definition, additions);
        contribution.visits();
        for (int path = 0; path < definition.paths().size(); path++) {
            contribution.conversion(path, definition.paths().get(path));
        }
        contribution.cycles();
        contribution.quality();
    }

    private LocalDate day(Instant instant) {
        return Bucket.dayOf(instant, definition.zone());
    }

    private void visits() {
        for (Visit visit : visits) {
            LocalDate entered = day(visit.entered());
            additions.count(entered, Measure.entered(visit.stage()), 1);
            Instant exited = visit.exited();
            ExitKind exit = visit.exit();
            if (exited == null || exit == null) {
                if (visit.timed()) {
                    additions.instant(entered, Measure.open(visit.stage()), visit.entered());
                }
                continue;
            }
            LocalDate left = day(exited);
            additions.count(left, Measure.left(visit.stage(), exit), 1);
            OptionalLong duration = visit.duration();
            if (duration.isPresent()) {
                additions.duration(left, Measure.timeLeft(visit.stage(), exit), duration.getAsLong());
                additions.duration(entered, Measure.stay(visit.stage(), exit), duration.getAsLong());
            }
        }
    }

    /**
     * Whether the visit's entry was moved to the capture. Such entries are the first after the capture, so that a visit with one moved
     * edge that is not the first has it where it was entered.
     */
    private boolean isMoved(int visit) {
        return visit > 0 && !visits.get(visit).timed();
    }

    private int firstVisit(Stage stage, int from) {
        for (int i = from; i < visits.size(); i++) {
            if (visits.get(i).stage() == stage) {
                return i;
            }
        }
        return NEVER;
    }

    /** The first visit to the stage or beyond it: a skipped stage is entered with the later one. */
    private int firstReached(Stage stage) {
        for (int i = 0; i < visits.size(); i++) {
            if (visits.get(i).stage().isAtOrBeyond(stage)) {
                return i;
            }
        }
        return NEVER;
    }

    private void conversion(int path, ConversionPath steps) {
        int base = firstVisit(steps.base(), 0);
        if (base == NEVER) {
            return;
        }
        additions.count(day(visits.get(base).entered()), Measure.cohort(path), 1);
        int ordered = base;
        int any = base;
        for (int step = 1; step < steps.steps().size(); step++) {
            Stage stage = steps.steps().get(step);
            if (ordered != NEVER) {
                ordered = firstVisit(stage, ordered + 1);
                if (ordered != NEVER) {
                    convert(path, step, Mode.ORDERED, base, ordered, true);
                }
            }
            if (any != NEVER) {
                int reached = firstReached(stage);
                any = reached == NEVER ? NEVER : Math.max(any, reached);
                if (any != NEVER) {
                    convert(path, step, Mode.ANY, base, any, any > base);
                }
            }
        }
    }

    /** What was reached before the base counts as converted at once, but took no time that one could average. */
    private void convert(int path, int step, Mode mode, int base, int target, boolean afterBase) {
        Instant from = visits.get(base).entered();
        long micros = Visit.micros(from, visits.get(target).entered());
        boolean timed = afterBase && !isMoved(base) && !isMoved(target);
        LocalDate day = day(from);
        int window = windowOf(micros);
        additions.count(day, Measure.converted(path, step, mode, window), 1);
        if (timed) {
            additions.count(day, Measure.timed(path, step, mode, window), 1);
            additions.count(day, Measure.seconds(path, step, mode, window), TimeUnit.MICROSECONDS.toSeconds(micros));
            additions.count(day, Measure.micros(path, step, mode, window), micros % TimeUnit.SECONDS.toMicros(1));
            additions.duration(day, Measure.timeToConvert(path, step, mode), micros);
        }
    }

    /** The shortest window that holds it, by its place; the one after the last has no end. */
    private int windowOf(long micros) {
        List<Duration> windows = definition.windows();
        int window = 0;
        while (window < windows.size()
                && micros > TimeUnit.NANOSECONDS.toMicros(windows.get(window).toNanos())) {
            window++;
        }
        return window;
    }

    private void cycles() {
        List<Cycle> cycles = lead.cycles();
        for (int i = 0; i < cycles.size(); i++) {
            Cycle cycle = cycles.get(i);
            Instant markedAt = cycle.markedAt();
            if (markedAt != null) {
                cycle(day(markedAt), cycle, i + 1 < cycles.size(), isMarkedAfter(cycles, i));
            }
            wait(Response.From.MARK, cycle.sinceMark());
            wait(Response.From.ACCEPTED, cycle.sinceAccepted());
        }
    }

    private void wait(Response.From from, Cycle.@Nullable Wait wait) {
        if (wait == null) {
            return;
        }
        LocalDate day = day(wait.from());
        if (!wait.timed()) {
            additions.count(day, Measure.untimed(from), 1);
        } else if (wait.contacted().isPresent()) {
            additions.duration(day, Measure.contacted(from), wait.contacted().getAsLong());
        } else if (wait.over().isPresent()) {
            additions.duration(day, Measure.over(from), wait.over().getAsLong());
        } else {
            additions.instant(day, Measure.waiting(from), wait.from());
        }
    }

    private static boolean isMarkedAfter(List<Cycle> cycles, int place) {
        return cycles.subList(place + 1, cycles.size()).stream().anyMatch(cycle -> cycle.mark() != null);
    }

    private void cycle(LocalDate day, Cycle cycle, boolean ended, boolean markedAgain) {
        additions.count(day, Measure.MARKED, 1);
        Cycle.Answer answer = cycle.answer();
        if (answer == null) {
            if (cycle.outcome() != Cycle.Outcome.NEVER_WORKED) {
                additions.count(day, Measure.UNANSWERED, 1);
            }
        } else if (answer.isAccepted()) {
            additions.count(day, Measure.ACCEPTED, 1);
            if (!answer.afterMark()) {
                additions.count(day, Measure.ACCEPTED_BEFORE_MARK, 1);
            }
        } else {
            additions.count(day, Measure.REJECTED, 1);
            additions.rejection(day, answer.reason());
        }
        if (ended) {
            additions.count(day, Measure.ENDED, 1);
            if (markedAgain) {
                additions.count(day, Measure.RECYCLED, 1);
            }
        }
    }

    private void quality() {
        Stage outcome = lead.stage().isOpen() ? Stage.CAPTURED : lead.stage();
        additions.count(day(lead.capturedAt()), Measure.leads(lead.ever().contains(Stage.MQL), outcome), 1);
    }
}
