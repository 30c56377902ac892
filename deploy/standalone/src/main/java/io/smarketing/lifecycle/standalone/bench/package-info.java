/** Benchmarks of the running engine, each with its peers in the same run. Code of peers lives here only. */
@NullMarked
package io.smarketing.lifecycle.standalone.bench;

import org.jspecify.annotations.NullMarked;
