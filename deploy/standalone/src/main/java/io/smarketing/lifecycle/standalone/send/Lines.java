package io.smarketing.lifecycle.standalone.send;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Events to be sent, in order. */
public interface Lines {

    /** The next one; null at the end. */
    @Nullable Line next() throws IOException;

    /** How far it has come, in units of its own. */
    long position();

    /** The position at the end; -1 when nobody knows. */
    long end();

    /** What positions count. */
    String unit();
}
