package io.smarketing.lifecycle.policy;

/** Points for what a lead is. */
record FitRule(String id, Condition when, long points) {}
