/** YAML documents read so that every mistake can be told with its line, its column and how to mend it. */
@NullMarked
package io.smarketing.lifecycle.yaml;

import org.jspecify.annotations.NullMarked;
