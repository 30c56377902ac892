package io.smarketing.lifecycle.standalone.generate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDate;

/** Generated leads for whoever plays them to an engine: those of one seed share neither lead nor event with those of another. */
public final class GeneratedLeads {

    private static final int DAYS_OF_CAPTURES = 60;
    private static final int FOLLOW_UP_DAYS = 30;

    private GeneratedLeads() {}

    /** Takes the events one by one, and may take its time. */
    public interface Listener {

        /**
         * Hears the next event.
         *
         * @param event a CloudEvent in JSON, without a line break
         * @throws IOException to stop the telling
         */
        void hear(byte[] event) throws IOException;
    }

    /**
     * Tells a history in order of arrival, as fast as the listener hears; memory holds only what has not arrived yet.
     *
     * @param today the history ends the day before it, in UTC
     * @param seed not negative
     */
    public static void tell(int leads, long seed, LocalDate today, Listener listener) throws IOException {
        GeneratorOptions options = GeneratorOptions.endingBefore(today, leads, seed, DAYS_OF_CAPTURES, FOLLOW_UP_DAYS);
        String leadIds = "L-%s-".formatted(Long.toString(seed, Character.MAX_RADIX));
        new HistoryGenerator(options, leadIds).write(new EventLines(listener), told -> {});
    }

    /** Cuts what is written to it into lines. */
    private static final class EventLines extends OutputStream {

        private final Listener listener;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        EventLines(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int start = offset;
            for (int i = offset; i < offset + length; i++) {
                if (bytes[i] == '\n') {
                    line.write(bytes, start, i - start);
                    listener.hear(line.toByteArray());
                    line.reset();
                    start = i + 1;
                }
            }
            line.write(bytes, start, offset + length - start);
        }
    }
}
