package io.smarketing.lifecycle.projections.stream;

import java.util.Set;

/** What a subscriber wants to see. */
record Wanted(String policy, Set<String> dimensions) {}
