package io.smarketing.lifecycle.lead;

import io.smarketing.lifecycle.policy.Evaluation;
import java.time.Instant;

/**
 * An evaluation that led to a verdict.
 *
 * @param cause the fact that was folded last
 * @param at the clock's reading
 * @param previous the score before
 * @param scored whether score or disqualification changed
 * @param marked whether the lead was marked
 */
public record Judgement(
        Entry cause, Instant at, Evaluation evaluation, long previous, boolean scored, boolean marked) {}
