package io.smarketing.lifecycle.policy;

import java.util.Set;

/**
 * A condition's three-valued answer.
 *
 * @param unknownFields the attributes that left it undecided; empty for true and false
 */
record Answer(Truth truth, Set<String> unknownFields) {

    static final Answer TRUE = new Answer(Truth.TRUE, Set.of());
    static final Answer FALSE = new Answer(Truth.FALSE, Set.of());

    enum Truth {
        TRUE,
        FALSE,
        UNKNOWN
    }
}
