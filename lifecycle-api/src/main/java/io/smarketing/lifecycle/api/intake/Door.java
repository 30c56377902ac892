package io.smarketing.lifecycle.api.intake;

import java.util.Locale;

/** Where something came in. */
enum Door {
    HTTP,
    KAFKA;

    /** As JSON and tables name it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
