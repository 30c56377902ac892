/** Sends histories to a running engine over HTTP: {@code lifecycle import --url}, and the demo. */
@NullMarked
package io.smarketing.lifecycle.standalone.send;

import org.jspecify.annotations.NullMarked;
