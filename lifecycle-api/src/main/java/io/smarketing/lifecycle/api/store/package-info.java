@NullMarked
package io.smarketing.lifecycle.api.store;

import org.jspecify.annotations.NullMarked;
