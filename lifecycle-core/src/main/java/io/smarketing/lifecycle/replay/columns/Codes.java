package io.smarketing.lifecycle.replay.columns;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A column of whole numbers, as wide as its largest needs. Unsigned but for the widths 4 and 8. */
final class Codes {

    private static final int BYTE_MASK = 0xFF;
    private static final int SHORT_MASK = 0xFFFF;

    private final ByteBuffer bytes;
    private final int width;

    Codes(ByteBuffer bytes, int width) {
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
        this.width = width;
    }

    int width() {
        return width;
    }

    int size() {
        return bytes.limit() / width;
    }

    int get(int place) {
        return switch (width) {
            case 1 -> bytes.get(place) & BYTE_MASK;
            case 2 -> bytes.getShort(place << 1) & SHORT_MASK;
            default -> bytes.getInt(place << 2);
        };
    }

    /** With its sign in the widths 1 and 2 too. */
    int signed(int place) {
        return switch (width) {
            case 1 -> bytes.get(place);
            case 2 -> bytes.getShort(place << 1);
            default -> bytes.getInt(place << 2);
        };
    }

    /**
     * Copies codes that fit into 16 bits.
     *
     * @param narrow has room for as many, and is of no use afterwards
     */
    void copy(int from, int count, char[] to, byte[] narrow) {
        if (width == 1) {
            bytes.get(from, narrow, 0, count);
            for (int i = 0; i < count; i++) {
                to[i] = (char) (narrow[i] & BYTE_MASK);
            }
        } else if (width == Character.BYTES) {
            bytes.slice(from << 1, count << 1)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asCharBuffer()
                    .get(to, 0, count);
        } else {
            throw new IllegalStateException("codes of %d bytes".formatted(width));
        }
    }

    /** Copies codes. */
    void copy(int from, int count, int[] to) {
        if (width == Integer.BYTES) {
            bytes.slice(from << 2, count << 2)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asIntBuffer()
                    .get(to, 0, count);
        } else {
            for (int i = 0; i < count; i++) {
                to[i] = get(from + i);
            }
        }
    }

    long wide(int place) {
        return width == Long.BYTES ? bytes.getLong(place << 3) : get(place);
    }

    ByteBuffer bytes() {
        return bytes;
    }
}
