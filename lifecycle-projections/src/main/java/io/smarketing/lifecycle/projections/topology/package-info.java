/** From {@code lead.events} to {@code lead.state} and {@code funnel.stages}: Kafka Streams around the core's fold. */
@NullMarked
package io.smarketing.lifecycle.projections.topology;

import org.jspecify.annotations.NullMarked;
