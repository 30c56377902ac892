/** The lead: its facts and verdicts, how they are folded into stage visits, how they are judged, and the aggregate. */
@NullMarked
package io.smarketing.lifecycle.lead;

import org.jspecify.annotations.NullMarked;
