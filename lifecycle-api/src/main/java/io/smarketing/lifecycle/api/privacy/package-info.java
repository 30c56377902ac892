@NullMarked
package io.smarketing.lifecycle.api.privacy;

import org.jspecify.annotations.NullMarked;
