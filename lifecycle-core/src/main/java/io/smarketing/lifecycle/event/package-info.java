/** Events on the wire: CloudEvents 1.0 in JSON, the types we know, and why an event is refused. */
@NullMarked
package io.smarketing.lifecycle.event;

import org.jspecify.annotations.NullMarked;
