package io.smarketing.lifecycle.policy;

/** What keeps a lead from being qualified, whatever its score. */
record Disqualifier(String id, Condition when, String reason) {}
