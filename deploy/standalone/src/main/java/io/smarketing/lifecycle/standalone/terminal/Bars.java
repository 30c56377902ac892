package io.smarketing.lifecycle.standalone.terminal;

/** Shares as bars of text. */
public final class Bars {

    public static final String BLOCK = "█";
    public static final String EMPTY = "·";

    private static final int WIDTH = 24;

    private Bars() {}

    public static String bar(long part, long whole) {
        int filled = whole == 0 ? 0 : (int) Math.round((double) WIDTH * part / whole);
        if (filled == 0 && part > 0) {
            filled = 1;
        }
        return BLOCK.repeat(filled) + EMPTY.repeat(WIDTH - filled);
    }
}
