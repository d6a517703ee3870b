package io.brickwork.bricks.demo;

/**
 * What the demo's table holds under a word.
 *
 * @param number 1 after the first load, 2 after the second
 */
public record Edition(int number, Word word) {}
