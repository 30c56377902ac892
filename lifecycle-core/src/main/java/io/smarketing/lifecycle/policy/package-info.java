/** The qualification policy: what "qualified" means, as a document that is checked once and evaluated to the bit. */
@NullMarked
package io.smarketing.lifecycle.policy;

import org.jspecify.annotations.NullMarked;
