/** The funnel as it is now: from the topics into read tables, and from there into answers. */
@NullMarked
package io.smarketing.lifecycle.projections.funnel;

import org.jspecify.annotations.NullMarked;
