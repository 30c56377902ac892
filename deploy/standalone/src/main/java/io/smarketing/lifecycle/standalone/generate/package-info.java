/** Believable lead histories: {@code lifecycle generate} writes them, the demo plays them. */
@NullMarked
package io.smarketing.lifecycle.standalone.generate;

import org.jspecify.annotations.NullMarked;
