/** Brings histories in: CSV files become CloudEvents by a mapping. */
@NullMarked
package io.smarketing.lifecycle.standalone.csv;

import org.jspecify.annotations.NullMarked;
