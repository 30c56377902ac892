/** The fast way of a replay: histories in memory-mapped columns, judged by integers; the plain fold stays its oracle. */
@NullMarked
package io.smarketing.lifecycle.replay.columns;

import org.jspecify.annotations.NullMarked;
