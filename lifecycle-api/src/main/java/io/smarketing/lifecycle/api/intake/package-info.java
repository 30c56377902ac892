@NullMarked
package io.smarketing.lifecycle.api.intake;

import org.jspecify.annotations.NullMarked;
