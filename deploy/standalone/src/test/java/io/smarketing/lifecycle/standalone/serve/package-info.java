@NullMarked
package io.smarketing.lifecycle.standalone.serve;

import org.jspecify.annotations.NullMarked;
