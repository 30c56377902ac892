package io.smarketing.lifecycle.standalone.offline;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** How many bytes were read, and their SHA-256: of what was read, not of what a file may be by now. */
final class ReadBytes {

    private final MessageDigest digest;
    private long number;

    ReadBytes() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** What is read of it counts. */
    InputStream of(InputStream in) {
        return new FilterInputStream(in) {

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                int read = super.read(bytes, from, length);
                if (read > 0) {
                    digest.update(bytes, from, read);
                    number += read;
                }
                return read;
            }

            @Override
            public long skip(long most) {
                return 0;
            }
        };
    }

    long number() {
        return number;
    }

    /** In hexadecimal; nothing can be read any more then. */
    String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
