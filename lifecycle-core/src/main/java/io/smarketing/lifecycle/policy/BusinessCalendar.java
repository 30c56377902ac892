package io.smarketing.lifecycle.policy;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.stream.Collectors;

/**
 * When somebody is there to work a lead.
 *
 * @param hours by day and time, without overlaps
 * @param holidays whole days on which nobody is
 */
public record BusinessCalendar(ZoneId zone, List<OpeningHours> hours, SortedSet<LocalDate> holidays) {

    /** In one line, for people. */
    String written() {
        String week = hours.stream().map(OpeningHours::written).collect(Collectors.joining(", "));
        String free = holidays.isEmpty()
                ? ""
                : ", but not on " + holidays.stream().map(LocalDate::toString).collect(Collectors.joining(", "));
        return week + " " + zone + free;
    }

    /**
     * One stretch of one weekday.
     *
     * @param from minute of the day, included
     * @param to minute of the day, excluded; 1440 is the day's end
     */
    public record OpeningHours(DayOfWeek day, int from, int to) {

        private String written() {
            return "%s %02d:%02d-%02d:%02d"
                    .formatted(
                            day.getDisplayName(TextStyle.SHORT, Locale.ENGLISH),
                            from / 60,
                            from % 60,
                            to / 60,
                            to % 60);
        }

        boolean overlaps(OpeningHours other) {
            return day == other.day && from < other.to && other.from < to;
        }
    }
}
