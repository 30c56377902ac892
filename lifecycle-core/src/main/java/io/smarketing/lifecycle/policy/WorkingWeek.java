package io.smarketing.lifecycle.policy;

import io.smarketing.lifecycle.policy.BusinessCalendar.OpeningHours;
import io.smarketing.lifecycle.yaml.YamlDocument;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads opening hours as people write them: {@code Mon-Thu 09:00-17:00, Fri 09:00-15:00}. */
final class WorkingWeek {

    private static final String MEND =
            "write days and times as Mon-Fri 09:00-17:00 or Mon-Thu 09:00-17:00, Fri 09:00-15:00";
    private static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
    private static final Pattern PART = Pattern.compile(
            "\\s*([A-Za-z]+)(?:\\s*-\\s*([A-Za-z]+))?\\s+(\\d{1,2}):(\\d{2})\\s*-\\s*(\\d{1,2}):(\\d{2})\\s*");
    private static final int DAY = 24 * 60;

    private WorkingWeek() {}

    static List<OpeningHours> read(YamlDocument.Value place) {
        List<OpeningHours> week = new ArrayList<>();
        String text = place.text();
        if (text.isBlank()) {
            return week;
        }
        int offset = 0;
        for (String part : text.split(",", -1)) {
            int blanks = part.length() - part.stripLeading().length();
            read(place, offset + blanks, part, week);
            offset += part.length() + 1;
        }
        week.sort(Comparator.comparing(OpeningHours::day).thenComparingInt(OpeningHours::from));
        return List.copyOf(week);
    }

    private static void read(YamlDocument.Value place, int offset, String part, List<OpeningHours> week) {
        Matcher matcher = PART.matcher(part);
        if (!matcher.matches()) {
            place.errorAt(offset, "'%s' are no opening hours".formatted(part.strip()), MEND);
            return;
        }
        int first = day(place, offset, matcher.group(1));
        int last = matcher.group(2) == null ? first : day(place, offset, matcher.group(2));
        int from = minutes(place, offset, matcher.group(3), matcher.group(4));
        int to = minutes(place, offset, matcher.group(5), matcher.group(6));
        if (first < 0 || last < 0 || from < 0 || to < 0) {
            return;
        }
        if (first > last) {
            place.errorAt(
                    offset,
                    "the week goes from Mon to Sun, not from %s to %s".formatted(DAYS.get(first), DAYS.get(last)),
                    "write two parts with a comma between them, as Sat-Sun 10:00-14:00, Mon 09:00-17:00");
            return;
        }
        if (from >= to) {
            place.errorAt(
                    offset,
                    "'%s' ends before it begins".formatted(part.strip()),
                    "write the earlier time first; the end of the day is 24:00");
            return;
        }
        for (int day = first; day <= last; day++) {
            OpeningHours hours = new OpeningHours(DayOfWeek.of(day + 1), from, to);
            if (week.stream().anyMatch(hours::overlaps)) {
                place.errorAt(
                        offset,
                        "'%s' overlaps other hours of %s".formatted(part.strip(), DAYS.get(day)),
                        "let every minute of the week stand once");
                return;
            }
            week.add(hours);
        }
    }

    private static int day(YamlDocument.Value place, int offset, String word) {
        int day = DAYS.indexOf(word);
        if (day < 0) {
            place.errorAt(
                    offset,
                    "'%s' is no day".formatted(word),
                    YamlDocument.nearest(word, DAYS)
                            .map("did you mean %s?"::formatted)
                            .orElse("days are " + String.join(", ", DAYS)));
        }
        return day;
    }

    /** Minutes since midnight, or −1. */
    private static int minutes(YamlDocument.Value place, int offset, String hour, String minute) {
        int minutes = 60 * Integer.parseInt(hour) + Integer.parseInt(minute);
        if (Integer.parseInt(minute) > 59 || minutes > DAY) {
            place.errorAt(offset, "'%s:%s' is no time of day".formatted(hour, minute), "from 00:00 to 24:00");
            return -1;
        }
        return minutes;
    }
}
