package io.brickwork.demo;

/**
 * What the demo's table holds under a word.
 *
 * @param number of the load that wrote it, from 1
 */
public record Edition(int number, Word word) {}
