/** One program: the command line. */
@NullMarked
package io.smarketing.lifecycle.standalone;

import org.jspecify.annotations.NullMarked;
