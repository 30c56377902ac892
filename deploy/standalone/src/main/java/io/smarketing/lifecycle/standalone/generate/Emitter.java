package io.smarketing.lifecycle.standalone.generate;

import static io.smarketing.lifecycle.standalone.generate.Rhythm.HOUR;
import static io.smarketing.lifecycle.standalone.generate.Rhythm.MINUTE;
import static io.smarketing.lifecycle.standalone.generate.Rhythm.SECOND;

/** The systems that send, and how long each takes to. */
enum Emitter {
    FORMS("urn:web:forms") {
        @Override
        long arrival(Dice dice, long occurred) {
            return occurred + 200 + dice.below(1_000);
        }
    },
    /** Sends once a minute, so that its own events keep their order. */
    MAUTIC("urn:mautic") {
        @Override
        long arrival(Dice dice, long occurred) {
            return (occurred / MINUTE + 1) * MINUTE + 1_500;
        }
    },
    /** Some of it is typed in hours later. */
    CRM("urn:crm") {
        @Override
        long arrival(Dice dice, long occurred) {
            long typing = SECOND + dice.below(14_000);
            return occurred + (dice.chance(0.04) ? dice.between(HOUR, 9 * HOUR) : typing);
        }
    },
    /** Exports its calls every half hour, and now and then fails to until the next day. */
    DIALLER("urn:dialler") {
        @Override
        long arrival(Dice dice, long occurred) {
            long export = (occurred / (30 * MINUTE) + 1) * 30 * MINUTE + 2 * SECOND;
            return dice.chance(0.03) ? export + 14 * HOUR : export;
        }
    };

    private final String urn;

    Emitter(String urn) {
        this.urn = urn;
    }

    String urn() {
        return urn;
    }

    /** When what occurred then is recorded; never before it occurred. */
    abstract long arrival(Dice dice, long occurred);
}
