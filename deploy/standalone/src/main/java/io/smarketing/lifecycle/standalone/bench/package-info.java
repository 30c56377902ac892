/** What the engine costs, measured beside what others do for the same work. */
@NullMarked
package io.smarketing.lifecycle.standalone.bench;

import org.jspecify.annotations.NullMarked;
