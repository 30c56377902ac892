/** History judged twice: under a candidate policy and under a baseline, lead by lead and added up. */
@NullMarked
package io.smarketing.lifecycle.replay;

import org.jspecify.annotations.NullMarked;
