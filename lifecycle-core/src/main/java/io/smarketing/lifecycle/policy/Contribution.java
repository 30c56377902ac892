package io.smarketing.lifecycle.policy;

/** The points one rule gives at an evaluation. */
public record Contribution(String rule, long points) {}
