@NullMarked
package io.smarketing.lifecycle.api.lead;

import org.jspecify.annotations.NullMarked;
