package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * What a row is of.
 *
 * @param value of the dimension; null where it is missing
 */
record RowKey(String dimension, @Nullable String value) {

    void write(PackedOutput output) {
        output.text(dimension).optionalText(value);
    }

    static RowKey read(PackedInput input) {
        return new RowKey(input.text(), input.optionalText());
    }

    byte[] toBytes() {
        PackedOutput output = new PackedOutput();
        write(output);
        return output.toByteArray();
    }

    /** Who owns the row: the same for ever, as long as the number of owners is. */
    int owner(int owners) {
        return Utils.toPositive(Utils.murmur2(toBytes())) % owners;
    }
}
