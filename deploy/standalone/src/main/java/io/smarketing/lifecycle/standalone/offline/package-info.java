/** Commands that work on a file of history, without any server. */
@NullMarked
package io.smarketing.lifecycle.standalone.offline;

import org.jspecify.annotations.NullMarked;
