package io.smarketing.lifecycle.standalone.generate;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.IntConsumer;
import tools.jackson.core.exc.JacksonIOException;

/**
 * Writes the history that the options name, in order of arrival. Leads are told in order of capture; only facts that
 * arrive after the capture being told are held, without their text.
 */
final class HistoryGenerator {

    /** Facts occur at most this long before the first capture. */
    private static final long LEAD_IN = 7 * Rhythm.DAY;

    private static final String LEAD_IDS = "L-";

    private final GeneratorOptions options;
    private final String leadIds;
    private final int numberStep;
    private final int numberShift;

    HistoryGenerator(GeneratorOptions options) {
        this(options, LEAD_IDS);
    }

    /** @param leadIds what the leads' ids begin with, in ASCII that JSON need not escape */
    HistoryGenerator(GeneratorOptions options, String leadIds) {
        this.options = options;
        this.leadIds = leadIds;
        Dice dice = new Dice(Dice.mix(options.seed()));
        this.numberStep = stepCoprimeTo(options.leads());
        this.numberShift = dice.below(options.leads());
    }

    /**
     * Closes {@code out} at the end.
     *
     * @param told hears how many leads have been told
     */
    HistorySummary write(OutputStream out, IntConsumer told) throws IOException {
        long start = options.startMillis();
        long horizon = options.horizonMillis();
        Tally tally = new Tally();
        Captures captures = new Captures(options);
        ArrivalCalendar calendar = new ArrivalCalendar(start - LeadStory.EARLIEST, horizon);
        try (FactWriter writer = new FactWriter(out, leadIds, start - LEAD_IN, horizon)) {
            for (int index = 0; index < options.leads(); index++) {
                Dice dice = new Dice(Dice.mix(options.seed()) + Dice.mix(index + 1L));
                long capture = captures.at(index, dice.unit());
                calendar.releaseBefore(capture - LeadStory.EARLIEST, writer::write);
                ToldLead history = story(index, capture, dice);
                tally.add(history);
                history.facts().forEach(calendar::add);
                history.repeats().forEach(calendar::add);
                told.accept(index + 1);
            }
            calendar.releaseAll(writer::write);
            return tally.summary(writer.lines());
        } catch (JacksonIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Tells one lead, the same that {@link #write} writes.
     *
     * @param captures is asked in rising order
     */
    ToldLead story(int index, Captures captures) {
        Dice dice = new Dice(Dice.mix(options.seed()) + Dice.mix(index + 1L));
        return story(index, captures.at(index, dice.unit()), dice);
    }

    private ToldLead story(int index, long capture, Dice dice) {
        Lead lead = new Lead(index, number(index), capture, Profile.draw(dice), Storyline.at(index));
        ToldLead history = new ToldLead(lead, dice, options.seed(), options.horizonMillis());
        LeadStory.tell(lead, dice, history);
        return history;
    }

    /** A bijection of the places in capture order, near the golden section so that neighbours lie far apart. */
    private int number(int index) {
        return (int) (((long) index * numberStep + numberShift) % options.leads()) + 1;
    }

    private static int stepCoprimeTo(int leads) {
        int step = (int) (leads * 0.618) + 1;
        while (greatestCommonDivisor(step, leads) != 1) {
            step++;
        }
        return step;
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }
}
