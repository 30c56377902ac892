package io.smarketing.lifecycle.funnel;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes small numbers in few bytes: whole numbers as unsigned LEB128, signed ones zigzagged before. Not thread-safe.
 *
 * @see PackedInput
 */
public final class PackedOutput {

    private static final int INITIAL_BYTES = 128;
    private static final int MOST_BYTES_PER_NUMBER = 10;
    private static final int LOW_BITS = 0x7F;
    private static final int MORE = 0x80;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int size;

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }

    public PackedOutput octet(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
        return this;
    }

    /** Shortest for small numbers; a negative one takes ten bytes. */
    public PackedOutput unsigned(long value) {
        ensure(MOST_BYTES_PER_NUMBER);
        long rest = value;
        while ((rest & ~(long) LOW_BITS) != 0) {
            bytes[size++] = (byte) ((rest & LOW_BITS) | MORE);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        return this;
    }

    /** Short for numbers near zero on either side. */
    public PackedOutput signed(long value) {
        return unsigned((value << 1) ^ (value >> 63));
    }

    /** Preceded by their number. */
    public PackedOutput block(byte[] block) {
        unsigned(block.length);
        return raw(block, 0, block.length);
    }

    /** As they are. */
    public PackedOutput raw(byte[] source, int offset, int length) {
        ensure(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
        return this;
    }

    public PackedOutput text(String text) {
        return block(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A missing text is told from an empty one. */
    public PackedOutput optionalText(@Nullable String text) {
        if (text == null) {
            return unsigned(0);
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        unsigned(utf8.length + 1L);
        return raw(utf8, 0, utf8.length);
    }

    /** Bytes so far. */
    public int size() {
        return size;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }
}
