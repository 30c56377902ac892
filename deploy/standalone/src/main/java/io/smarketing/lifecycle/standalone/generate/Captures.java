package io.smarketing.lifecycle.standalone.generate;

/** The instants of capture in rising order, drawn one by one: none is kept. */
final class Captures {

    private static final int GROWTH_PERCENT = 80;

    private final long start;
    private final int leads;
    private final long[] weightBefore;
    private int hour;

    Captures(GeneratorOptions options) {
        start = options.startMillis();
        leads = options.leads();
        Dice dice = new Dice(options.seed());
        int hours = options.days() * 24;
        weightBefore = new long[hours + 1];
        long mood = 0;
        for (int i = 0; i < hours; i++) {
            if (i % 24 == 0) {
                mood = 75L + dice.below(51);
            }
            long growth = 10_000 + 100L * GROWTH_PERCENT * i / hours;
            weightBefore[i + 1] = weightBefore[i] + Rhythm.crowd(start / Rhythm.HOUR + i) * mood * growth;
        }
    }

    /** Of the lead at {@code index}; ask in rising order. {@code jitter} in [0, 1) leaves the order as it is. */
    long at(int index, double jitter) {
        int lastHour = weightBefore.length - 2;
        double position = (index + jitter) / leads * weightBefore[lastHour + 1];
        while (hour < lastHour && weightBefore[hour + 1] <= position) {
            hour++;
        }
        double share = (position - weightBefore[hour]) / (weightBefore[hour + 1] - weightBefore[hour]);
        return start + hour * Rhythm.HOUR + (long) (share * Rhythm.HOUR);
    }
}
