@NullMarked
package io.smarketing.lifecycle.api.relay;

import org.jspecify.annotations.NullMarked;
