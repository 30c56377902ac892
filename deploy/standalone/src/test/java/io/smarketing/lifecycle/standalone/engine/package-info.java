@NullMarked
package io.smarketing.lifecycle.standalone.engine;

import org.jspecify.annotations.NullMarked;
