/** The engine in one process, with its own PostgreSQL and Kafka where no others are named. */
@NullMarked
package io.smarketing.lifecycle.standalone.serve;

import org.jspecify.annotations.NullMarked;
