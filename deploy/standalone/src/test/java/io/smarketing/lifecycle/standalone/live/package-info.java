@NullMarked
package io.smarketing.lifecycle.standalone.live;

import org.jspecify.annotations.NullMarked;
