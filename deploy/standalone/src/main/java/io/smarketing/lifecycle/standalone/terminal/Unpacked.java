package io.smarketing.lifecycle.standalone.terminal;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * What was packed by gzip, all of it: several packed files one behind the other are one, however long a pipe takes to bring the
 * next. The JDK's stream ends where its source would have to wait, and passes over in silence what follows and is not packed.
 */
public final class Unpacked extends FilterInputStream {

    /**
     * Begins to unpack.
     *
     * @throws IOException when it does not begin as packed data does
     */
    public Unpacked(InputStream packed) throws IOException {
        super(GzipCompressorInputStream.builder()
                .setInputStream(packed)
                .setDecompressConcatenated(true)
                .get());
    }

    @Override
    public int read() throws IOException {
        try {
            return super.read();
        } catch (EOFException e) {
            throw brokenOff(e);
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            return super.read(target, offset, length);
        } catch (EOFException e) {
            throw brokenOff(e);
        }
    }

    private static IOException brokenOff(EOFException e) {
        return new IOException("the packed data breaks off", e);
    }
}
