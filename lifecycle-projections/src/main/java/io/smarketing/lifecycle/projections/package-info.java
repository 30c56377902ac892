@NullMarked
package io.smarketing.lifecycle.projections;

import org.jspecify.annotations.NullMarked;
