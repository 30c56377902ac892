package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Ranked;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How large a share of visits has ended in a certain way after a time in stage, by the estimator of Aalen and Johansen (Scandinavian
 * Journal of Statistics 5, 1978, 141–150): other ways to end compete, and visits that are open are censored at their age. Where both
 * fall on the same time, endings come first. With S the share of visits not ended, Y the number still under watch and d the number
 * that end in the way asked for, the curve rises at each time by S(before) · d / Y.
 *
 * <p>Variances are those of Gray (Annals of Statistics 16, 1988, 1141–1154) as R's package cmprsk computes them, with its factor
 * 1 − (d − 1)/(Y − 1) for ties. The 95 % limits are F^exp(± z·se/(F·ln F)), which stay within 0 and 1.
 *
 * <p>From bounded histograms every time is the middle of its bucket, within 0.4 % of what it was, so the curve is shifted by no more
 * than that along the axis of time; an age is within half an hour of what it was, so Y at a time t is off by the open visits whose age
 * lies within half an hour of t, and by no other.
 *
 * @param <K> the ways to end
 */
final class CumulativeIncidence<K extends Enum<K>> {

    private static final double HALF = 0.5;
    /** What a sum of shares may lack of the half by arithmetic alone. */
    private static final double ROUNDING = 1e-9;

    private final long n;
    private final long censored;
    /** By time, how many ended by kind's ordinal. */
    private final TreeMap<Long, long[]> endings = new TreeMap<>();

    private final K[] kinds;
    private final Ranked ages;
    private final long lastWatched;

    /**
     * Takes what is known of visits.
     *
     * @param kinds all ways to end
     * @param ended times in stage by how the visits ended
     * @param ages of the open visits
     */
    CumulativeIncidence(K[] kinds, Map<K, Ranked> ended, Ranked ages) {
        this.kinds = kinds.clone();
        this.ages = ages;
        this.censored = ages.n();
        long sum = ages.n();
        long last = ages.size() == 0 ? 0 : ages.micros(ages.size() - 1);
        for (Map.Entry<K, Ranked> kind : ended.entrySet()) {
            Ranked times = kind.getValue();
            sum += times.n();
            for (int i = 0; i < times.size(); i++) {
                endings.computeIfAbsent(times.micros(i), absent -> new long[kinds.length])[
                                kind.getKey().ordinal()] +=
                        times.count(i);
                last = Math.max(last, times.micros(i));
            }
        }
        this.n = sum;
        this.lastWatched = last;
    }

    long n() {
        return n;
    }

    long censored() {
        return censored;
    }

    /** The curve of visits that end in one of these ways. */
    Curve curve(Set<K> asked) {
        Curve curve = new Curve(endings.size());
        int nextAge = 0;
        long atRisk = n;
        double remaining = 1;
        for (Map.Entry<Long, long[]> time : endings.entrySet()) {
            while (nextAge < ages.size() && ages.micros(nextAge) < time.getKey()) {
                atRisk -= ages.count(nextAge++);
            }
            long ofKinds = 0;
            long all = 0;
            for (K kind : kinds) {
                long number = time.getValue()[kind.ordinal()];
                all += number;
                ofKinds += asked.contains(kind) ? number : 0;
            }
            remaining = curve.step(time.getKey(), atRisk, ofKinds, all - ofKinds, remaining);
            atRisk -= all;
        }
        curve.end(remaining);
        return curve;
    }

    /** A step function from 0 on. */
    final class Curve {

        private final long[] times;
        private final double[] incidences;
        private final double[] variances;
        private int size;
        private long events;
        private double incidence;
        private double remaining;
        // The three sums of which Gray's variance consists.
        private double weighted;
        private double mixed;
        private double plain;

        private Curve(int size) {
            times = new long[size];
            incidences = new double[size];
            variances = new double[size];
        }

        /** Returns the share of visits that have not ended after it. */
        private double step(long micros, long watched, long ofKinds, long others, double before) {
            double after = before * (watched - ofKinds - others) / watched;
            incidence += before * ofKinds / watched;
            if (after > 0) {
                addToVariance(others, watched, before, 1 / after, incidence / after);
            }
            double inverse = after > 0 ? 1 / after : 0;
            addToVariance(ofKinds, watched, before, inverse, 1 + inverse * incidence);
            times[size] = micros;
            incidences[size] = incidence;
            variances[size] = Math.max(0, weighted + incidence * incidence * plain - 2 * incidence * mixed);
            size++;
            events += ofKinds;
            return after;
        }

        private void addToVariance(long number, long watched, double before, double inverse, double weight) {
            if (number == 0) {
                return;
            }
            double ties = number > 1 ? 1 - (number - 1.0) / (watched - 1.0) : 1;
            double share = before * before * ties * number / ((double) watched * watched);
            weighted += weight * weight * share;
            mixed += inverse * weight * share;
            plain += inverse * inverse * share;
        }

        private void end(double left) {
            remaining = left;
        }

        int size() {
            return size;
        }

        long micros(int place) {
            return times[place];
        }

        /** How many visits ended in one of the ways. */
        long events() {
            return events;
        }

        /** How high it is after the last time that was watched. */
        double plateau() {
            return incidence;
        }

        /** The first time at which it is at 0.5 or above; −1 where it never is. */
        long medianMicros() {
            for (int i = 0; i < size; i++) {
                if (incidences[i] >= HALF - ROUNDING) {
                    return times[i];
                }
            }
            return -1;
        }

        /** Whether anything is known of a time: beyond the last one watched only if no visit was open then. */
        boolean isKnown(long micros) {
            return n > 0 && (micros <= lastWatched || remaining < ROUNDING);
        }

        /** The place of the last step up to a time, or −1 before the first. */
        private int placeAt(long micros) {
            int place = Arrays.binarySearch(times, 0, size, micros);
            return place >= 0 ? place : -place - 2;
        }

        double incidence(long micros) {
            int place = placeAt(micros);
            return place < 0 ? 0 : incidences[place];
        }

        double variance(long micros) {
            int place = placeAt(micros);
            return place < 0 ? 0 : variances[place];
        }

        double standardError(long micros) {
            return StrictMath.sqrt(variance(micros));
        }

        /** Whether limits can be told: not where the curve is at 0 or 1. */
        boolean hasLimits(long micros) {
            double value = incidence(micros);
            return value > 0 && value < 1 - ROUNDING;
        }

        double lower(long micros) {
            return limit(micros, -1);
        }

        double upper(long micros) {
            return limit(micros, 1);
        }

        private double limit(long micros, int side) {
            double value = incidence(micros);
            double width = Proportion.Z * standardError(micros) / (value * StrictMath.log(value));
            // The logarithm is below zero, and so is the width.
            return StrictMath.pow(value, StrictMath.exp(side * width));
        }
    }

    /** How many visits were still in the stage, and watched, just before a time. */
    long atRisk(long micros) {
        long left = n;
        for (Map.Entry<Long, long[]> time : endings.headMap(micros).entrySet()) {
            left -= Arrays.stream(time.getValue()).sum();
        }
        for (int i = 0; i < ages.size() && ages.micros(i) < micros; i++) {
            left -= ages.count(i);
        }
        return left;
    }
}
