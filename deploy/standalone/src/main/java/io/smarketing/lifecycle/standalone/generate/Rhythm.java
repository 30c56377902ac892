package io.smarketing.lifecycle.standalone.generate;

/** When people visit and when they work: the habits of a day and a week, in epoch milliseconds UTC. */
final class Rhythm {

    static final long SECOND = 1_000;
    static final long MINUTE = 60 * SECOND;
    static final long HOUR = 60 * MINUTE;
    static final long DAY = 24 * HOUR;

    private static final int[] HOURS = {
        1, 1, 1, 1, 2, 4, 8, 14, 20, 24, 24, 22, 18, 20, 23, 22, 18, 13, 9, 8, 8, 6, 4, 2
    };
    private static final Choice<Integer> HOUR_OF_DAY = hourOfDay();
    private static final int WEEKEND_PERCENT = 30;

    private static final long OFFICE_OPENS = 7 * HOUR;
    private static final long OFFICE_CLOSES = 17 * HOUR;

    private Rhythm() {}

    /** How many people are about in that hour, against others. */
    static int crowd(long epochHour) {
        int weight = HOURS[(int) Math.floorMod(epochHour, 24L)];
        return weekday(Math.floorDiv(epochHour, 24L)) < 5 ? 100 * weight : WEEKEND_PERCENT * weight;
    }

    /** A visit on about that day, at an hour people visit, rarely on a weekend. */
    static long visit(Dice dice, long about) {
        long day = Math.floorDiv(about, DAY);
        if (weekday(day) >= 5 && dice.chance(0.6)) {
            day += 2;
        }
        return day * DAY + HOUR_OF_DAY.pick(dice) * HOUR + dice.between(0, HOUR);
    }

    /** The first moment of office hours from there on, a whole second: what people type in has no finer time. */
    static long office(Dice dice, long from) {
        long day = Math.floorDiv(from, DAY);
        long timeOfDay = from - day * DAY;
        if (timeOfDay >= OFFICE_CLOSES) {
            day++;
            timeOfDay = 0;
        }
        if (weekday(day) >= 5) {
            day += 7 - weekday(day);
            timeOfDay = 0;
        }
        if (timeOfDay < OFFICE_OPENS) {
            timeOfDay = OFFICE_OPENS + dice.between(0, 3 * HOUR);
        }
        return day * DAY + (timeOfDay + SECOND - 1) / SECOND * SECOND;
    }

    /** Monday is 0. */
    private static int weekday(long epochDay) {
        return (int) Math.floorMod(epochDay + 3, 7L);
    }

    private static Choice<Integer> hourOfDay() {
        Choice<Integer> hours = Choice.of(0, HOURS[0]);
        for (int hour = 1; hour < HOURS.length; hour++) {
            hours.or(hour, HOURS[hour]);
        }
        return hours;
    }
}
