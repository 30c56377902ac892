package io.smarketing.lifecycle.standalone.generate;

import static io.smarketing.lifecycle.standalone.generate.Rhythm.DAY;
import static io.smarketing.lifecycle.standalone.generate.Rhythm.HOUR;
import static io.smarketing.lifecycle.standalone.generate.Rhythm.MINUTE;
import static io.smarketing.lifecycle.standalone.generate.Rhythm.SECOND;

import io.smarketing.lifecycle.standalone.generate.Detail.Accepted;
import io.smarketing.lifecycle.standalone.generate.Detail.Contacted;
import io.smarketing.lifecycle.standalone.generate.Detail.Lost;
import io.smarketing.lifecycle.standalone.generate.Detail.Rejected;
import io.smarketing.lifecycle.standalone.generate.Detail.Voided;
import io.smarketing.lifecycle.standalone.generate.Detail.Won;
import io.smarketing.lifecycle.standalone.generate.Market.SalesPerson;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What sales does with one lead. The methods that carry on answer when the cycle ended, if it did. */
final class SalesDesk {

    private static final String CORRECTOR = "sales-ops";

    private static final Choice<String> OTHER_REASONS = Choice.of("no-budget", 30)
            .or("wrong-region", 18)
            .or("existing-customer", 14)
            .or("competitor", 12)
            .or("no-contact-data", 16)
            .or("wrong-persona", 6)
            .or("too-small", 4);

    private final Lead lead;
    private final Dice dice;
    private final ToldLead history;
    private final SalesPerson person;
    private final List<Long> cycleEnds = new ArrayList<>();

    SalesDesk(Lead lead, Dice dice, ToldLead history) {
        this.lead = lead;
        this.dice = dice;
        this.history = history;
        this.person = Market.SALES_PEOPLE.pick(dice);
    }

    /** Works a lead from its mark on, or never gets to it. */
    OptionalLong work(long marked) {
        if (dice.chance(0.10)) {
            return OptionalLong.empty();
        }
        long at = later(marked, person.pace());
        if (dice.chance(Math.max(0.08, 0.42 - 0.16 * lead.profile().quality()))) {
            return turnDown(at, false);
        }
        if (dice.chance(0.94)) {
            accept(at, null);
        }
        return pursue(at);
    }

    /** Now and then somebody takes, turns down or even wins a lead that nothing has marked. */
    void workUnmarked() {
        if (!dice.chance(0.12)) {
            return;
        }
        long at = later(lead.capture(), 4 * DAY);
        double drawn = dice.unit();
        if (drawn < 0.55) {
            reject(at, null);
        } else if (drawn < 0.85) {
            accept(at, null);
            pursue(at);
        } else if (drawn < 0.97) {
            pursue(at);
        } else {
            win(at, null);
        }
    }

    /** Calls until somebody answers, then carries the talks to their end. */
    OptionalLong pursue(long from) {
        if (dice.chance(0.05)) {
            return OptionalLong.empty();
        }
        long at = from;
        int calls = 1 + dice.below(person.patience());
        for (int call = 0; call < calls; call++) {
            at = later(at, call == 0 ? person.pace() / 2 : DAY);
            boolean reached = dice.chance(0.42);
            contact(at, reached, null);
            if (reached) {
                return conclude(at);
            }
        }
        double drawn = dice.unit();
        if (drawn < 0.35) {
            return OptionalLong.of(lose(later(at, 3 * DAY), "no-response", null));
        }
        return drawn < 0.50 ? OptionalLong.of(reject(later(at, DAY), "no-contact-data", null)) : OptionalLong.empty();
    }

    OptionalLong conclude(long from) {
        long at = later(from, 12 * DAY);
        double winning = Math.min(0.75, 0.26 * lead.profile().quality());
        double drawn = dice.unit();
        if (drawn < winning) {
            Fact won = win(at, null);
            if (dice.chance(0.03)) {
                return takeBackWin(won, dice.chance(0.5));
            }
            return OptionalLong.empty();
        }
        double rest = (drawn - winning) / (1.0 - winning);
        if (rest < 0.55) {
            return afterLoss(lose(at, Market.LOST_REASONS.pick(dice), null));
        }
        return rest < 0.72 ? turnDown(at, true) : OptionalLong.empty();
    }

    /** Rejects; rarely that is a mistake, or the dialler has not heard of it. */
    private OptionalLong turnDown(long at, boolean talking) {
        Fact rejected = history.add(Emitter.CRM, at, new Rejected(person.name(), rejectionReason()), null);
        if (dice.chance(0.03)) {
            long undone = takeBack(rejected, "wrong lead");
            return talking ? pursue(undone) : acceptAndPursue(undone);
        }
        cycleEnds.add(at);
        if (dice.chance(0.02)) {
            contact(later(at, HOUR), dice.chance(0.4), PlannedDeviation.AFTER_EXIT);
        }
        return OptionalLong.of(at);
    }

    private OptionalLong afterLoss(long lost) {
        if (!dice.chance(0.04)) {
            return OptionalLong.of(lost);
        }
        return acceptAndPursue(later(lost, 30 * DAY));
    }

    OptionalLong acceptAndPursue(long from) {
        long at = later(from, person.pace());
        accept(at, null);
        return pursue(at);
    }

    long accept(long at, @Nullable PlannedDeviation deviation) {
        String by = deviation == null
                ? person.name()
                : Market.SALES_PEOPLE.pick(dice).name();
        history.add(Emitter.CRM, at, new Accepted(by), deviation);
        return at;
    }

    long contact(long at, boolean reached, @Nullable PlannedDeviation deviation) {
        double drawn = dice.unit();
        Emitter emitter = drawn < 0.6 ? Emitter.DIALLER : Emitter.CRM;
        String channel = drawn < 0.7 ? "call" : drawn < 0.9 || !reached ? "email" : "meeting";
        history.add(emitter, at, new Contacted(person.name(), channel, reached), deviation);
        return at;
    }

    /** A call somebody made before the form came in; told at once, and so before the capture. */
    void callBeforeCapture(long at) {
        Contacted call = new Contacted(person.name(), "call", true);
        history.add(Emitter.DIALLER, at, at + 20 * SECOND, call, PlannedDeviation.BEFORE_CAPTURE);
    }

    /** Answers the instant, as the other single facts do. */
    long reject(long at, @Nullable PlannedDeviation deviation) {
        return reject(at, rejectionReason(), deviation);
    }

    private long reject(long at, String reason, @Nullable PlannedDeviation deviation) {
        history.add(Emitter.CRM, at, new Rejected(person.name(), reason), deviation);
        cycleEnds.add(at);
        return at;
    }

    long lose(long at, String reason, @Nullable PlannedDeviation deviation) {
        history.add(Emitter.CRM, at, new Lost(person.name(), reason), deviation);
        cycleEnds.add(at);
        return at;
    }

    Fact win(long at, @Nullable PlannedDeviation deviation) {
        return history.add(Emitter.CRM, at, new Won(amount(), lead.profile().currency()), deviation);
    }

    /** The win was booked with the wrong amount, or was none. */
    OptionalLong takeBackWin(Fact won, boolean wrongAmount) {
        long undone = takeBack(won, wrongAmount ? "wrong amount" : "entered by mistake");
        if (wrongAmount) {
            win(later(undone, HOUR), null);
            return OptionalLong.empty();
        }
        return OptionalLong.of(lose(later(undone, 5 * DAY), Market.LOST_REASONS.pick(dice), null));
    }

    OptionalLong takeBackRejection(long at) {
        Fact rejected = history.add(Emitter.CRM, at, new Rejected(person.name(), rejectionReason()), null);
        return acceptAndPursue(takeBack(rejected, "wrong lead"));
    }

    private long takeBack(Fact mistaken, String reason) {
        long at = later(mistaken.occurred(), 10 * HOUR);
        long recorded = Math.max(mistaken.recorded() + MINUTE, Emitter.CRM.arrival(dice, at));
        history.add(Emitter.CRM, at, recorded, new Voided(mistaken, CORRECTOR, reason), null);
        return at;
    }

    /** In office hours, at least a minute later. */
    long later(long from, long usually) {
        return Rhythm.office(dice, from + MINUTE + dice.waiting(usually));
    }

    /** The instants of rejections and losses so far, rising. */
    List<Long> cycleEnds() {
        return cycleEnds;
    }

    private String rejectionReason() {
        Profile profile = lead.profile();
        if (profile.employees() < 10 && dice.chance(0.6)) {
            return "too-small";
        }
        if (!"ops-leader".equals(profile.persona()) && dice.chance(0.3)) {
            return "wrong-persona";
        }
        return OTHER_REASONS.pick(dice);
    }

    private int amount() {
        int employees = lead.profile().employees();
        int size = employees < 10 ? 1 : employees < 50 ? 3 : employees < 250 ? 8 : employees < 1_000 ? 20 : 55;
        double skewed = dice.unit() * dice.unit();
        return (int) (size * (700 + 3_500 * skewed)) / 50 * 50;
    }
}
