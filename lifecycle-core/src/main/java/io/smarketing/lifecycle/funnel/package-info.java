/** What many leads add up to: stages entered and left, times in them, outcomes. Tallies can be merged and retracted. */
@NullMarked
package io.smarketing.lifecycle.funnel;

import org.jspecify.annotations.NullMarked;
