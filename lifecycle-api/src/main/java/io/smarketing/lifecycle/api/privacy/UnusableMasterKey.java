package io.smarketing.lifecycle.api.privacy;

import org.jspecify.annotations.Nullable;

/** The engine cannot start with the master key's file; the message says what is wrong, where, and how to mend it. */
public final class UnusableMasterKey extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnusableMasterKey(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
