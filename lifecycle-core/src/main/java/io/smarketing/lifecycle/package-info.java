/**
 * The meaning of leads: what a fact, a verdict, a visit, a policy and a funnel are. Data travels one way through these
 * packages: {@code event} (CloudEvents in) → {@code history} (deduplicated, parked, in sequence) → {@code lead} (fold and
 * judging, by a {@code policy}) → {@code funnel} (tallies) → {@code replay} (two policies side by side).
 */
@NullMarked
package io.smarketing.lifecycle;

import org.jspecify.annotations.NullMarked;
