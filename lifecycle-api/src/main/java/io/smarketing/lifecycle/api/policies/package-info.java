@NullMarked
package io.smarketing.lifecycle.api.policies;

import org.jspecify.annotations.NullMarked;
