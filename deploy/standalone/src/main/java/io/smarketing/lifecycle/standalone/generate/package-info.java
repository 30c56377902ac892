/** Writes believable lead histories: {@code lifecycle generate}. */
@NullMarked
package io.smarketing.lifecycle.standalone.generate;

import org.jspecify.annotations.NullMarked;
