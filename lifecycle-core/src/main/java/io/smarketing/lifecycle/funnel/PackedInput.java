package io.smarketing.lifecycle.funnel;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link PackedOutput} wrote, in the same order. Every method throws {@link IllegalArgumentException} where the
 * bytes end too early. Not thread-safe.
 */
public final class PackedInput {

    private static final int LOW_BITS = 0x7F;

    private final byte[] bytes;
    private int at;

    public PackedInput(byte[] bytes) {
        this.bytes = bytes;
    }

    private void require(long length) {
        if (length < 0 || length > bytes.length - at) {
            throw new IllegalArgumentException("%d bytes are wanted at %d of %d".formatted(length, at, bytes.length));
        }
    }

    public int octet() {
        require(1);
        return bytes[at++];
    }

    public long unsigned() {
        long value = 0;
        int shift = 0;
        int octet;
        do {
            octet = octet();
            value |= (long) (octet & LOW_BITS) << shift;
            shift += 7;
        } while (octet < 0);
        return value;
    }

    public long signed() {
        long zigzag = unsigned();
        return (zigzag >>> 1) ^ -(zigzag & 1);
    }

    public byte[] block() {
        return raw(unsigned());
    }

    private byte[] raw(long length) {
        require(length);
        byte[] block = Arrays.copyOfRange(bytes, at, at + (int) length);
        at += (int) length;
        return block;
    }

    /** All that is left. */
    public byte[] rest() {
        return raw(bytes.length - at);
    }

    public String text() {
        return new String(block(), StandardCharsets.UTF_8);
    }

    public @Nullable String optionalText() {
        long length = unsigned();
        return length == 0 ? null : new String(raw(length - 1), StandardCharsets.UTF_8);
    }

    /** How many bytes were read. */
    public int position() {
        return at;
    }

    /** Whether everything was read. */
    public boolean isAtEnd() {
        return at == bytes.length;
    }
}
