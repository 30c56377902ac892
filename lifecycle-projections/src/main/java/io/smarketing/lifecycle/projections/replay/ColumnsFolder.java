package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.replay.columns.ColumnsWriter;
import io.smarketing.lifecycle.replay.columns.Coverage;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.Merging;
import io.smarketing.lifecycle.replay.columns.UnusableColumns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The history columns of the event store, in a folder. What lies there is used when all of its bytes are as they were written and it is of
 * this store; else it is told in the log and made anew. Not thread-safe; what it gives out is.
 */
public final class ColumnsFolder {

    private static final Logger LOG = LoggerFactory.getLogger(ColumnsFolder.class);

    /** A segment has no more leads, and about as many events at the most: making it takes some 100 MB. */
    static final int MOST_LEADS = 131_072;

    private static final int MOST_EVENTS = 1_000_000;
    private static final int LEADS_AT_ONCE = 2_000;
    private static final String STORE = "event store";

    private final Path folder;
    private final StoredHistory history;
    private @Nullable HistoryColumns current;
    private boolean opened;
    private volatile @Nullable String madeAnewBecause;

    /** Hears how far the work is, and says how it is to be done. */
    public interface Watch {

        /** About so many events are to be read. */
        void begins(long events);

        void hasRead(long events);

        /** Whether somebody waits for it. */
        boolean isInHaste();

        boolean isAbandoned();

        /** A page of leads was worked at for so long; returns when the next may be. */
        void worked(long nanos);
    }

    /**
     * The columns of a store.
     *
     * @param folder need not be there yet
     */
    public ColumnsFolder(Path folder, StoredHistory history) {
        this.folder = folder;
        this.history = history;
    }

    /**
     * The columns of all of the store up to a position.
     *
     * @throws ReplayRun.Failed when an event cannot be read
     * @throws IOException when the folder cannot be written
     */
    public HistoryColumns upTo(long position, Watch watch) throws IOException {
        HistoryColumns before = usable(position);
        if (before == null) {
            return anew(position, watch);
        }
        long covered = before.coverage().position();
        if (covered == position) {
            return before;
        }
        return position - covered > covered ? anew(position, watch) : goneOn(before, position, watch);
    }

    /** Null when there are none that can be gone on with. */
    private @Nullable HistoryColumns usable(long position) throws IOException {
        if (!opened) {
            current = open();
            opened = true;
        }
        HistoryColumns found = current;
        if (found == null) {
            return null;
        }
        Coverage coverage = found.coverage();
        boolean ofThisStore = coverage.kind() == Coverage.Kind.STORE
                && coverage.position() <= position
                && coverage.digest().equals(history.identity(coverage.position()));
        if (!ofThisStore) {
            makeAnew(
                    "%s: they are of another store, or of this one before it was restored: position %d has another event"
                            .formatted(folder, coverage.position()));
            current = null;
        }
        return current;
    }

    private @Nullable HistoryColumns open() throws IOException {
        try {
            HistoryColumns found = HistoryColumns.open(folder);
            LOG.info(
                    "history columns in {}: {} leads, up to position {}",
                    folder,
                    found.leads(),
                    found.coverage().position());
            return found;
        } catch (UnusableColumns e) {
            if (e.kind() == UnusableColumns.Kind.INCOMPLETE
                    && !folder.resolve("history.json").toFile().exists()) {
                LOG.info("there are no history columns in {} yet", folder);
            } else {
                makeAnew(String.valueOf(e.getMessage()));
            }
            return null;
        }
    }

    private void makeAnew(String because) {
        LOG.warn("the history columns cannot be used and are made anew: {}", because);
        madeAnewBecause = because;
    }

    /** Why what lay in the folder since the start could not be used; null when it could, or nothing lay there. */
    @Nullable String madeAnewBecause() {
        return madeAnewBecause;
    }

    private HistoryColumns anew(long position, Watch watch) throws IOException {
        long begun = System.nanoTime();
        watch.begins(position);
        ColumnsWriter writer = new ColumnsWriter(folder);
        long events = write(writer, all(position), position, watch);
        HistoryColumns made = finished(writer, coverage(events, position), null);
        double seconds = (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
        LOG.info(
                "history columns were made: {} events of {} leads, up to position {}, in {} s",
                events,
                made.leads(),
                position,
                "%.1f".formatted(seconds));
        return made;
    }

    private HistoryColumns goneOn(HistoryColumns before, long position, Watch watch) throws IOException {
        long begun = System.nanoTime();
        long covered = before.coverage().position();
        long more = history.eventsBetween(covered, position);
        watch.begins(more);
        ColumnsWriter writer = new ColumnsWriter(folder, before);
        long read = write(writer, inPages(history.changedLeads(covered, position)), position, watch);
        HistoryColumns made = finished(writer, coverage(before.coverage().events() + more, position), before);
        LOG.debug(
                "history columns have {} events more, up to position {}: {} were read, in {} ms",
                more,
                position,
                read,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
        return made;
    }

    /** What was written stands for the folder; where that fails the folder is opened again next time, whatever it holds then. */
    private HistoryColumns finished(ColumnsWriter writer, Coverage coverage, @Nullable HistoryColumns before)
            throws IOException {
        opened = false;
        current = null;
        writer.finish(coverage);
        HistoryColumns made = before == null ? HistoryColumns.open(folder) : before.reopened(folder);
        current = made;
        opened = true;
        return made;
    }

    private Coverage coverage(long events, long position) {
        return new Coverage(Coverage.Kind.STORE, STORE, events, position, history.identity(position));
    }

    /**
     * Writes some small segments, or one with many superseded leads, as one.
     *
     * @return null when nothing is to be done
     */
    @Nullable HistoryColumns merged(Watch watch) throws IOException {
        HistoryColumns before = current;
        List<Integer> due = before == null ? List.of() : Merging.due(before, MOST_LEADS, MOST_EVENTS);
        if (before == null || due.isEmpty()) {
            return null;
        }
        List<String> leadIds = new ArrayList<>();
        due.forEach(segment -> leadIds.addAll(before.leadIds(segment)));
        ColumnsWriter writer = new ColumnsWriter(folder, before);
        write(writer, inPages(leadIds), before.coverage().position(), watch);
        HistoryColumns made = finished(writer, before.coverage(), before);
        LOG.debug("{} segments of history columns were merged", due.size());
        return made;
    }

    /** The ids of all leads, page by page: no statement takes long, however large the store. */
    private Iterator<List<String>> all(long position) {
        return new Iterator<>() {
            private List<String> page = history.leadIds("", position, LEADS_AT_ONCE);

            @Override
            public boolean hasNext() {
                return !page.isEmpty();
            }

            @Override
            public List<String> next() {
                List<String> given = page;
                page = history.leadIds(given.get(given.size() - 1), position, LEADS_AT_ONCE);
                return given;
            }
        };
    }

    private static Iterator<List<String>> inPages(List<String> leadIds) {
        return IntStream.range(0, (leadIds.size() + LEADS_AT_ONCE - 1) / LEADS_AT_ONCE)
                .mapToObj(page ->
                        leadIds.subList(page * LEADS_AT_ONCE, Math.min(leadIds.size(), (page + 1) * LEADS_AT_ONCE)))
                .iterator();
    }

    private long write(ColumnsWriter writer, Iterator<List<String>> pages, long position, Watch watch)
            throws IOException {
        Leads leads = new Leads(pages, position, watch);
        for (int number = 0; leads.beginsAnotherSegment(); number++) {
            writer.segment(number, leads);
        }
        return leads.events;
    }

    /** The leads of pages of ids, as many as a segment holds, then as many as the next holds. */
    private final class Leads implements Iterator<LeadHistory> {

        private final Iterator<List<String>> pages;
        private final long position;
        private final Watch watch;
        private Iterator<StoredLead> page = Collections.emptyIterator();
        private int leadsOfSegment;
        private long eventsOfSegment;
        private long events;
        private long pageBegun = System.nanoTime();

        Leads(Iterator<List<String>> pages, long position, Watch watch) {
            this.pages = pages;
            this.position = position;
            this.watch = watch;
        }

        boolean beginsAnotherSegment() {
            leadsOfSegment = 0;
            eventsOfSegment = 0;
            return hasNext();
        }

        @Override
        public boolean hasNext() {
            while (!page.hasNext() && pages.hasNext()) {
                if (watch.isAbandoned()) {
                    throw new CancellationException("the history columns can wait");
                }
                watch.worked(System.nanoTime() - pageBegun);
                pageBegun = System.nanoTime();
                page = history.leads(pages.next(), position, watch::isInHaste).iterator();
            }
            return leadsOfSegment < MOST_LEADS && eventsOfSegment < MOST_EVENTS && page.hasNext();
        }

        @Override
        public LeadHistory next() {
            LeadHistory lead = ReplayRun.readable(page.next());
            leadsOfSegment++;
            eventsOfSegment += lead.entries().size();
            events += lead.entries().size();
            watch.hasRead(lead.entries().size());
            return lead;
        }
    }
}
