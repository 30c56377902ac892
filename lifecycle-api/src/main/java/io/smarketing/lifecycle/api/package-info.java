@NullMarked
package io.smarketing.lifecycle.api;

import org.jspecify.annotations.NullMarked;
