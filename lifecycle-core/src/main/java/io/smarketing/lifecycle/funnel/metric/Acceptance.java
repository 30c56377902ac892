package io.smarketing.lifecycle.funnel.metric;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What sales first said to the leads that were marked in a bucket; each marked cycle counts once. */
final class Acceptance {

    private Acceptance() {}

    static List<MetricRow> rows(MetricDays days, Reading reading) {
        List<MetricRow> rows = new ArrayList<>();
        days.by(reading.grain()).forEach((bucket, tally) -> {
            long marked = tally.count(Measure.MARKED);
            if (marked > 0) {
                long accepted = tally.count(Measure.ACCEPTED);
                long rejected = tally.count(Measure.REJECTED);
                long ended = tally.count(Measure.ENDED);
                long recycled = tally.count(Measure.RECYCLED);
                rows.add(MetricRow.of(bucket)
                        .part("reason", "all")
                        .figure("marked", marked)
                        .figure("answered", accepted + rejected)
                        .figure("accepted", accepted)
                        .figure("acceptedBeforeMark", tally.count(Measure.ACCEPTED_BEFORE_MARK))
                        .figure("rejected", rejected)
                        .rate("acceptance", accepted, accepted + rejected)
                        .figure("unanswered", tally.count(Measure.UNANSWERED))
                        .figure("untouched", marked - accepted - rejected - tally.count(Measure.UNANSWERED))
                        .figure("ended", ended)
                        .figure("recycled", recycled)
                        .rate("recycleRate", recycled, ended)
                        .row());
                tally.rejections()
                        .forEach((reason, number) -> rows.add(MetricRow.of(bucket)
                                .part("reason", named(reason))
                                .figure("rejected", number)
                                .rate("share", number, rejected)
                                .row()));
            }
        });
        return rows;
    }

    static String named(@Nullable String reason) {
        return reason == null ? "(not given)" : reason;
    }
}
