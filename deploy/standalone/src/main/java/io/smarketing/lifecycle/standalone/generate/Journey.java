package io.smarketing.lifecycle.standalone.generate;

import static io.smarketing.lifecycle.standalone.generate.Rhythm.DAY;
import static io.smarketing.lifecycle.standalone.generate.Rhythm.HOUR;
import static io.smarketing.lifecycle.standalone.generate.Rhythm.MINUTE;
import static io.smarketing.lifecycle.standalone.generate.Rhythm.SECOND;

import io.smarketing.lifecycle.standalone.generate.Detail.MarkedMql;
import io.smarketing.lifecycle.standalone.generate.Detail.Scored;
import io.smarketing.lifecycle.standalone.generate.Detail.Visited;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A lead's visits, and what the marketing suite makes of them. */
final class Journey {

    static final String PAGE_VIEW = "page_view";
    static final String PRICING_VIEW = "pricing_view";
    static final String DEMO_REQUEST = "demo_request";
    static final String EMAIL_CLICK = "email_click";
    static final String WEBINAR = "webinar_attended";

    private static final int MOST_VISITS = 600;
    private static final int SCORE_STEP = 15;

    private final Lead lead;
    private final Dice dice;
    private final ToldLead history;
    private final List<Fact> visits = new ArrayList<>();

    /** Why a lead is marked: the visit that made it up to the threshold, and the points it then has. */
    record Qualification(Fact visit, int points) {}

    Journey(Lead lead, Dice dice, ToldLead history) {
        this.lead = lead;
        this.dice = dice;
        this.history = history;
    }

    /** Few for most, hundreds for some, in sittings; the first of them right after the capture. */
    void visitForAWhile(int least) {
        double keenness = 0.7 + 0.3 * Math.min(2.5, lead.profile().quality());
        int left = (int) Math.max(least, Math.min(MOST_VISITS, dice.pareto(1.5 * keenness, 1.27) - 0.4));
        long span = DAY * Math.min(40, 6 + left);
        long sitting = lead.capture() + SECOND + dice.waiting(HOUR / 2);
        while (left > 0) {
            int length = Math.min(left, 1 + dice.below(6));
            long at = sitting;
            for (int i = 0; i < length; i++) {
                visit(at, anyVisit());
                at += dice.chance(0.02) ? 0 : 15 * SECOND + dice.waiting(2 * MINUTE);
            }
            left -= length;
            sitting = Rhythm.visit(dice, lead.capture() + DAY + dice.waiting(span));
        }
        sortVisits();
    }

    /** Seen by the tracking before anybody knew who it was; told at the capture. */
    void visitBeforeCapture() {
        long told = Emitter.MAUTIC.arrival(dice, lead.capture());
        int pages = 1 + dice.below(5);
        for (int i = 0; i < pages; i++) {
            long at = lead.capture() - 5 * MINUTE - dice.between(0, 6 * DAY);
            Visited page = new Visited(PAGE_VIEW, Market.PAGES.pick(dice), 1);
            visits.add(history.add(Emitter.MAUTIC, at, told, page, null));
        }
        sortVisits();
    }

    /** Enough at once to be marked, whoever the lead is. */
    void burst(long at) {
        boolean atOnce = at == lead.capture();
        visit(at, new Visited(DEMO_REQUEST, null, 1));
        visit(atOnce ? at : at + MINUTE, new Visited(PRICING_VIEW, Market.PRICING_PAGES.pick(dice), 3));
        if (dice.chance(0.6)) {
            visit(at + 3 * MINUTE, new Visited(EMAIL_CLICK, Market.EMAILS.pick(dice), 1 + dice.below(3)));
        }
        sortVisits();
    }

    /**
     * The first visit not before {@code earliest} at which the lead has the points, counting visits after
     * {@code cycleStart}; null if there is none.
     */
    @Nullable Qualification qualification(long cycleStart, long earliest) {
        if (lead.isDisqualified()) {
            return null;
        }
        Points points = new Points(lead.profile().fit());
        for (Fact visit : visits) {
            if (visit.occurred() > cycleStart) {
                points.add((Visited) visit.detail());
                if (visit.occurred() >= earliest && points.total() >= Points.THRESHOLD) {
                    return new Qualification(visit, points.total());
                }
            }
        }
        return null;
    }

    /** Marks the lead on that ground; answers the instant of the mark. */
    long mark(Qualification ground, @Nullable PlannedDeviation deviation) {
        Fact visit = ground.visit();
        boolean atOnce = visit.occurred() == lead.capture() || dice.chance(0.3);
        long at = Math.max(lead.capture(), visit.occurred()) + (atOnce ? 0 : 2 * SECOND + dice.below(40_000));
        mark(at, visit.recorded(), ground.points(), deviation);
        return at;
    }

    void mark(long at, long notRecordedBefore, int score, @Nullable PlannedDeviation deviation) {
        long recorded = Math.max(notRecordedBefore, Emitter.MAUTIC.arrival(dice, at));
        history.add(Emitter.MAUTIC, at, recorded, new MarkedMql(score), deviation);
    }

    /** Tells each larger change of the score, and the threshold's crossing; points begin anew at the end of each cycle. */
    void tellScores(List<Long> cycleEnds) {
        Points points = new Points(lead.profile().fit());
        int told = 0;
        int cycle = 0;
        for (Fact visit : visits) {
            while (cycle < cycleEnds.size() && visit.occurred() > cycleEnds.get(cycle)) {
                points.restart();
                cycle++;
            }
            points.add((Visited) visit.detail());
            boolean crosses = told < Points.THRESHOLD && points.total() >= Points.THRESHOLD;
            boolean isNews = crosses || Math.abs(points.total() - told) >= SCORE_STEP;
            if (!isNews || visit.occurred() < lead.capture()) {
                continue;
            }
            long at = visit.occurred() + (dice.chance(0.3) ? 0 : SECOND + dice.below(20_000));
            long recorded = Math.max(visit.recorded(), Emitter.MAUTIC.arrival(dice, at));
            Scored scored = new Scored(points.fit(), points.engagement(), told, lead.isDisqualified());
            history.add(Emitter.MAUTIC, at, recorded, scored, null);
            told = points.total();
        }
    }

    private void visit(long at, Visited visit) {
        visits.add(history.add(Emitter.MAUTIC, at, visit, null));
    }

    private void sortVisits() {
        visits.sort(Comparator.comparingLong(Fact::occurred));
    }

    private Visited anyVisit() {
        double intent = 0.6 + 0.4 * Math.min(2.5, lead.profile().quality());
        double drawn = dice.unit();
        if (drawn < 0.05 * intent) {
            return new Visited(DEMO_REQUEST, null, 1);
        }
        if (drawn < 0.20 * intent) {
            return new Visited(PRICING_VIEW, Market.PRICING_PAGES.pick(dice), dice.chance(0.1) ? 2 : 1);
        }
        if (drawn < 0.25 * intent) {
            return new Visited(WEBINAR, Market.WEBINARS.pick(dice), 1);
        }
        if (drawn > 0.80) {
            return new Visited(EMAIL_CLICK, Market.EMAILS.pick(dice), 1);
        }
        return new Visited(PAGE_VIEW, Market.PAGES.pick(dice), dice.chance(0.15) ? 2 + dice.below(5) : 1);
    }
}
