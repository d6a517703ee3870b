package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.bricks.demo.Demo;
import io.brickwork.core.Durability;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo on a part of its words. */
class DemoIT {
    @TempDir
    Path temp;

    @Test
    void nothingThatWasAcknowledgedIsLostWhenAllBricksAreKilledInTheMiddleOfALoad() throws Exception {
        StringWriter said = new StringWriter();
        boolean isGood = new Demo(new Demo.Settings(temp, 3000, Durability.REPLICATED), new PrintWriter(said)).run();
        System.out.print(said);
        assertThat(isGood).as(said.toString()).isTrue();
        assertThat(said.toString().lines().reduce("", (first, second) -> second))
                .startsWith("OK: ")
                .contains(" 0 lost");
        assertThat(said.toString()).contains("rectangular block of clay");
    }
}
