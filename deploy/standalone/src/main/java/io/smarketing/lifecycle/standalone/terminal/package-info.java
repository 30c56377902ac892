/** How commands talk to the person or program that called them. */
@NullMarked
package io.smarketing.lifecycle.standalone.terminal;

import org.jspecify.annotations.NullMarked;
