/** A replay as a page: one file that needs nothing else. */
@NullMarked
package io.smarketing.lifecycle.standalone.report;

import org.jspecify.annotations.NullMarked;
