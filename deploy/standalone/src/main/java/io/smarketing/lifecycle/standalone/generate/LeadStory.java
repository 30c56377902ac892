package io.smarketing.lifecycle.standalone.generate;

import static io.smarketing.lifecycle.standalone.generate.Rhythm.DAY;
import static io.smarketing.lifecycle.standalone.generate.Rhythm.HOUR;
import static io.smarketing.lifecycle.standalone.generate.Rhythm.MINUTE;

import io.smarketing.lifecycle.standalone.generate.Detail.Attribute;
import io.smarketing.lifecycle.standalone.generate.Detail.Captured;
import io.smarketing.lifecycle.standalone.generate.Detail.Enriched;
import io.smarketing.lifecycle.standalone.generate.Journey.Qualification;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Plays out one lead's storyline. */
final class LeadStory {

    /** No fact arrives earlier than this before its lead's capture occurred; below the time facts stay parked. */
    static final long EARLIEST = 14 * HOUR;

    private static final long COOLDOWN = 30 * DAY;
    private static final int MOST_CYCLES = 4;

    private final Lead lead;
    private final Dice dice;
    private final ToldLead history;
    private final Journey journey;
    private final SalesDesk desk;

    private LeadStory(Lead lead, Dice dice, ToldLead history) {
        this.lead = lead;
        this.dice = dice;
        this.history = history;
        this.journey = new Journey(lead, dice, history);
        this.desk = new SalesDesk(lead, dice, history);
    }

    static void tell(Lead lead, Dice dice, ToldLead history) {
        LeadStory story = new LeadStory(lead, dice, history);
        story.capture();
        story.play();
        story.journey.tellScores(story.desk.cycleEnds());
        if (lead.storyline() == Storyline.LATE) {
            history.delayOneVisit();
        }
        history.sortByArrival();
        history.repeatSome(lead.storyline() == Storyline.SENT_TWICE);
    }

    private void capture() {
        Captured form = lead.profile().form(dice);
        long at = lead.capture();
        boolean imported = lead.storyline() == Storyline.NATURAL && dice.chance(0.03);
        long recorded = imported ? at + dice.between(HOUR, 18 * HOUR) : Emitter.FORMS.arrival(dice, at);
        history.add(Emitter.FORMS, at, recorded, form, null);
        List<Attribute> missing = lead.profile().missingFrom(form);
        if (!missing.isEmpty() && dice.chance(0.45)) {
            boolean reachable = form.contact() != null || dice.chance(0.5);
            Enriched enriched =
                    new Enriched(missing, reachable ? null : lead.profile().contact(dice));
            history.add(Emitter.MAUTIC, at + 2 * MINUTE + dice.waiting(2 * DAY), enriched, null);
        }
        if (dice.chance(0.01)) {
            Enriched erased = new Enriched(List.of(new Attribute("jobLevel", null)), null);
            history.add(Emitter.MAUTIC, at + 10 * DAY + dice.waiting(30 * DAY), erased, null);
        }
    }

    private void play() {
        journey.visitForAWhile(lead.storyline() == Storyline.LATE ? 3 : 0);
        switch (lead.storyline()) {
            case NATURAL, SENT_TWICE -> natural();
            case LATE -> runCycles();
            case REMARKED -> remarked();
            case VISITED_BEFORE_CAPTURE -> {
                journey.visitBeforeCapture();
                runCycles();
            }
            case WORKED_BEFORE_CAPTURE -> workedBeforeCapture();
            case SAME_INSTANT -> {
                journey.burst(lead.capture());
                runCycles();
            }
            case CAPTURED_AGAIN -> {
                natural();
                captureAgain();
            }
            case REPEATED -> repeated();
            case LATE_MARK -> lateMark();
            case AFTER_FINAL -> afterFinal();
            case BACKWARD -> backward();
            case AFTER_EXIT -> afterExit();
            case REOPENED -> reopened();
            case SKIPPED -> skipped();
            case VOIDED -> voided();
        }
    }

    private void natural() {
        if (dice.chance(0.03)) {
            journey.visitBeforeCapture();
        }
        runCycles();
        if (dice.chance(0.03)) {
            captureAgain();
        }
    }

    /** Marked once a cycle where the points allow; a rejected or lost lead may come back after the cooldown. */
    private void runCycles() {
        long cycleStart = Long.MIN_VALUE;
        long earliest = lead.capture();
        for (int cycle = 0; cycle < MOST_CYCLES; cycle++) {
            Qualification ground = journey.qualification(cycleStart, earliest);
            if (ground == null) {
                if (cycle == 0) {
                    desk.workUnmarked();
                }
                return;
            }
            OptionalLong end = desk.work(journey.mark(ground, null));
            if (end.isEmpty()) {
                return;
            }
            cycleStart = end.getAsLong();
            earliest = cycleStart + COOLDOWN;
            if (dice.chance(0.10)) {
                journey.burst(Rhythm.visit(dice, earliest + DAY + dice.waiting(20 * DAY)));
            }
        }
    }

    private void remarked() {
        long rejected = desk.reject(desk.later(markEarly(), 2 * DAY), null);
        desk.work(markAgain(rejected));
    }

    private void workedBeforeCapture() {
        long capture = lead.capture();
        long before = (capture - HOUR - dice.between(0, EARLIEST - 2 * HOUR)) / MINUTE * MINUTE;
        switch (lead.variant(4)) {
            case 0 -> {
                desk.callBeforeCapture(before);
                desk.conclude(capture);
            }
            case 1 -> {
                desk.accept(before, PlannedDeviation.BEFORE_CAPTURE);
                desk.pursue(capture);
            }
            case 2 -> desk.win(before, PlannedDeviation.BEFORE_CAPTURE);
            default -> {
                journey.mark(before, before, Points.THRESHOLD, PlannedDeviation.BEFORE_CAPTURE);
                desk.work(capture);
            }
        }
    }

    private void captureAgain() {
        Captured form = lead.profile().form(dice, Market.SOURCES.pick(dice));
        long at = Rhythm.visit(dice, lead.capture() + DAY + dice.waiting(30 * DAY));
        history.add(Emitter.FORMS, at, form, PlannedDeviation.CAPTURED_AGAIN);
    }

    private void repeated() {
        long marked = markEarly();
        switch (lead.variant(5)) {
            case 0 -> {
                long again = marked + MINUTE + dice.waiting(5 * HOUR);
                journey.mark(again, again, Points.THRESHOLD, PlannedDeviation.REPEATED);
                desk.work(again);
            }
            case 1 -> {
                long accepted = desk.accept(desk.later(marked, DAY), null);
                desk.pursue(desk.accept(desk.later(accepted, DAY), PlannedDeviation.REPEATED));
            }
            case 2 -> {
                long rejected = desk.reject(desk.later(marked, DAY), null);
                desk.reject(desk.later(rejected, DAY), PlannedDeviation.REPEATED);
            }
            case 3 -> {
                long lost = desk.lose(talk(marked), "timing", null);
                desk.lose(desk.later(lost, DAY), "timing", PlannedDeviation.REPEATED);
            }
            default -> {
                Fact won = desk.win(talk(marked), null);
                desk.win(desk.later(won.occurred(), DAY), PlannedDeviation.REPEATED);
            }
        }
    }

    private void lateMark() {
        long accepted = desk.accept(desk.later(lead.capture(), 3 * HOUR), null);
        long worked = lead.variant(2) == 0 ? accepted : desk.contact(desk.later(accepted, DAY), true, null);
        long marked = markAfter(Long.MIN_VALUE, worked + HOUR, PlannedDeviation.LATE_MARK);
        desk.conclude(marked);
    }

    private void afterFinal() {
        long won = desk.win(talk(markEarly()), null).occurred();
        long after = desk.later(won, 6 * DAY);
        switch (lead.variant(5)) {
            case 0 -> desk.contact(after, true, PlannedDeviation.AFTER_FINAL);
            case 1 -> desk.accept(after, PlannedDeviation.AFTER_FINAL);
            case 2 -> desk.lose(after, "timing", PlannedDeviation.AFTER_FINAL);
            case 3 -> desk.reject(after, PlannedDeviation.AFTER_FINAL);
            default -> markAfter(won, after, PlannedDeviation.AFTER_FINAL);
        }
    }

    private void backward() {
        long talked = talk(markEarly());
        long handedOver = desk.accept(talked, PlannedDeviation.BACKWARD);
        desk.pursue(handedOver);
    }

    private void afterExit() {
        long marked = markEarly();
        switch (lead.variant(4)) {
            case 0 -> {
                long rejected = desk.reject(desk.later(marked, DAY), null);
                desk.contact(desk.later(rejected, DAY), false, PlannedDeviation.AFTER_EXIT);
            }
            case 1 -> {
                long rejected = desk.reject(desk.later(marked, DAY), null);
                desk.lose(desk.later(rejected, 3 * DAY), "no-decision", PlannedDeviation.AFTER_EXIT);
            }
            case 2 -> {
                long lost = desk.lose(talk(marked), "competitor", null);
                desk.contact(desk.later(lost, 9 * DAY), true, PlannedDeviation.AFTER_EXIT);
            }
            default -> {
                long lost = desk.lose(talk(marked), "budget", null);
                desk.reject(desk.later(lost, DAY), PlannedDeviation.AFTER_EXIT);
            }
        }
    }

    private void reopened() {
        long marked = markEarly();
        switch (lead.variant(4)) {
            case 0 -> desk.acceptAndPursue(desk.reject(desk.later(marked, DAY), null));
            case 1 -> desk.win(desk.later(desk.lose(talk(marked), "timing", null), 20 * DAY), null);
            case 2 -> desk.work(markAgain(desk.lose(talk(marked), "timing", null)));
            default -> desk.win(desk.later(desk.reject(desk.later(marked, DAY), null), 9 * DAY), null);
        }
    }

    private void skipped() {
        long soon = desk.later(lead.capture(), 5 * HOUR);
        switch (lead.variant(5)) {
            case 0 -> desk.conclude(desk.contact(soon, true, null));
            case 1 -> desk.win(soon, null);
            case 2 -> desk.pursue(desk.accept(soon, null));
            case 3 -> desk.conclude(desk.contact(desk.later(markEarly(), DAY), true, null));
            default -> desk.win(desk.later(markEarly(), 4 * DAY), null);
        }
    }

    private void voided() {
        long marked = markEarly();
        switch (lead.variant(3)) {
            case 0 -> desk.takeBackWin(desk.win(talk(marked), null), true);
            case 1 -> desk.takeBackWin(desk.win(talk(marked), null), false);
            default -> desk.takeBackRejection(desk.later(marked, DAY));
        }
    }

    /** Accepted and reached; answers an instant some days after. */
    private long talk(long marked) {
        long accepted = desk.accept(desk.later(marked, DAY), null);
        long contacted = desk.contact(desk.later(accepted, DAY), true, null);
        return desk.later(contacted, 6 * DAY);
    }

    private long markEarly() {
        return markAfter(Long.MIN_VALUE, lead.capture() + MINUTE, null);
    }

    private long markAgain(long cycleEnd) {
        return markAfter(cycleEnd, cycleEnd + COOLDOWN, null);
    }

    /** Sees to it that the lead has the points soon after {@code earliest}, and marks it. */
    private long markAfter(long cycleStart, long earliest, @Nullable PlannedDeviation deviation) {
        journey.burst(earliest + HOUR + dice.waiting(5 * DAY));
        return journey.mark(Objects.requireNonNull(journey.qualification(cycleStart, earliest)), deviation);
    }
}
