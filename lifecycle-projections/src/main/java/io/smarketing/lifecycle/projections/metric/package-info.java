/** Metrics over HTTP: from the days that the read tables hold, or from the event store where these do not tell what is asked for. */
@NullMarked
package io.smarketing.lifecycle.projections.metric;

import org.jspecify.annotations.NullMarked;
