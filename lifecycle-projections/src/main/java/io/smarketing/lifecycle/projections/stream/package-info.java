/** The funnel as it moves: changed rows as server-sent events. */
@NullMarked
package io.smarketing.lifecycle.projections.stream;

import org.jspecify.annotations.NullMarked;
