@NullMarked
package io.smarketing.lifecycle.projections.replay;

import org.jspecify.annotations.NullMarked;
