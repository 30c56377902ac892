package io.smarketing.lifecycle.standalone.send;

/**
 * An event as it stands in its file.
 *
 * @param file where a person finds it
 * @param number of the line, from 1
 * @param bytes without the line break; sent as they are
 */
public record Line(String file, long number, byte[] bytes) {}
