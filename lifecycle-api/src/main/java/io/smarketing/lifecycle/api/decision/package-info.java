@NullMarked
package io.smarketing.lifecycle.api.decision;

import org.jspecify.annotations.NullMarked;
