package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.PackedOutput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The bytes of a segment while it is made. */
final class SegmentImage {

    private static final int BYTE_VALUES = 1 << 8;
    private static final int SHORT_VALUES = 1 << 16;

    /** What JSON takes for a column's place, at most. */
    private static final int HEADER_BYTES_PER_COLUMN = 160;

    private record Column(String name, int width, ByteBuffer bytes) {}

    private final List<Column> columns = new ArrayList<>();

    /** Not negative. */
    void codes(String name, int[] values) {
        int most = Arrays.stream(values).max().orElse(0);
        int width = most < BYTE_VALUES ? 1 : most < SHORT_VALUES ? 2 : Integer.BYTES;
        ByteBuffer bytes = buffer((long) values.length * width);
        for (int value : values) {
            switch (width) {
                case 1 -> bytes.put((byte) value);
                case 2 -> bytes.putShort((short) value);
                default -> bytes.putInt(value);
            }
        }
        add(name, width, bytes);
    }

    /** Masks. */
    void wides(String name, long[] values) {
        long all = Arrays.stream(values).reduce(0, (a, b) -> a | b);
        if (all >= 0 && all < Integer.MAX_VALUE) {
            codes(name, Arrays.stream(values).mapToInt(value -> (int) value).toArray());
        } else {
            longs(name, values);
        }
    }

    void longs(String name, long[] values) {
        ByteBuffer bytes = buffer((long) values.length * Long.BYTES);
        Arrays.stream(values).forEach(bytes::putLong);
        add(name, Long.BYTES, bytes);
    }

    /** The low words in a column, the high ones, with their sign, in another as wide as they need. */
    void times(String low, String high, long[] values) {
        long least = Arrays.stream(values).map(value -> value >> 32).min().orElse(0);
        long most = Arrays.stream(values).map(value -> value >> 32).max().orElse(0);
        boolean inByte = least >= Byte.MIN_VALUE && most <= Byte.MAX_VALUE;
        boolean inShort = least >= Short.MIN_VALUE && most <= Short.MAX_VALUE;
        int width = inByte ? 1 : inShort ? 2 : Integer.BYTES;
        ByteBuffer lows = buffer((long) values.length * Integer.BYTES);
        ByteBuffer highs = buffer((long) values.length * width);
        for (long value : values) {
            lows.putInt((int) value);
            switch (width) {
                case 1 -> highs.put((byte) (value >> 32));
                case 2 -> highs.putShort((short) (value >> 32));
                default -> highs.putInt((int) (value >> 32));
            }
        }
        add(low, Integer.BYTES, lows);
        add(high, width, highs);
    }

    void bytes(String name, byte[] bytes) {
        columns.add(new Column(name, 1, ByteBuffer.wrap(bytes)));
    }

    void packed(String name, Consumer<PackedOutput> writing) {
        PackedOutput output = new PackedOutput();
        writing.accept(output);
        bytes(name, output.toByteArray());
    }

    private void add(String name, int width, ByteBuffer bytes) {
        columns.add(new Column(name, width, bytes.flip()));
    }

    private static ByteBuffer buffer(long length) {
        return ByteBuffer.allocate(Math.toIntExact(length)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Puts all into one piece. */
    ByteBuffer finish(Consumer<ObjectNode> counts) {
        ObjectNode header = JsonNodeFactory.instance.objectNode();
        counts.accept(header);
        int spare = HEADER_BYTES_PER_COLUMN * columns.size();
        int from = Layout.aligned(Layout.JSON_AT + header.toString().getBytes(StandardCharsets.UTF_8).length + spare);
        long length = from;
        for (Column column : columns) {
            length += Layout.aligned(column.bytes().limit());
        }
        ByteBuffer image = ByteBuffer.allocateDirect(Math.toIntExact(length)).order(ByteOrder.LITTLE_ENDIAN);
        ArrayNode places = header.putArray("columns");
        int place = from;
        for (Column column : columns) {
            int size = column.bytes().limit();
            image.duplicate().position(place).put(column.bytes().duplicate());
            places.addObject()
                    .put("name", column.name())
                    .put("width", column.width())
                    .put("offset", place)
                    .put("length", size)
                    .put("crc", Layout.crc(image, place, size));
            place += Layout.aligned(size);
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        if (Layout.JSON_AT + json.length > from) {
            throw new IllegalStateException("the header takes %d bytes of %d".formatted(json.length, from));
        }
        image.putLong(0, Layout.MAGIC);
        image.putInt(Layout.VERSION_AT, Layout.VERSION);
        image.putInt(Layout.HEADER_LENGTH_AT, json.length);
        image.putLong(Layout.LENGTH_AT, length);
        image.duplicate().position(Layout.JSON_AT).put(json);
        image.putInt(Layout.CRC_AT, Layout.headerCrc(image, json.length));
        return image;
    }
}
