/** Histories as they come from files: deduplicated, parked until the capture, in sequence, with counts that add up. */
@NullMarked
package io.smarketing.lifecycle.history;

import org.jspecify.annotations.NullMarked;
