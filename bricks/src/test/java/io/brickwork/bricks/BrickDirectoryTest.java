package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.bricks.settings.BrickStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrickDirectoryTest {
    @TempDir
    Path temp;

    @Test
    void aDirectoryIsMadeOnceAndKeepsItsDisk() {
        Path path = temp.resolve("deep/er");
        UUID disk;
        try (BrickDirectory directory = BrickDirectory.open(path, "a")) {
            disk = directory.diskId();
        }
        try (BrickDirectory directory = BrickDirectory.open(path, "a")) {
            assertThat(directory.diskId()).isEqualTo(disk);
        }
    }

    @Test
    void twoBricksOfOneProcessCannotShareADirectory() throws IOException {
        Path other = Files.createSymbolicLink(temp.resolve("link"), Files.createDirectory(temp.resolve("real")));
        try (BrickDirectory directory = BrickDirectory.open(temp.resolve("real"), "a")) {
            assertThat(directory.diskId()).isNotNull();
            assertThatThrownBy(() -> BrickDirectory.open(other, "a"))
                    .isInstanceOf(BrickStartException.class)
                    .hasMessageContaining(temp.resolve("real").toRealPath().toString())
                    .hasMessageContaining("pid " + ProcessHandle.current().pid());
        }
        BrickDirectory.open(other, "a").close();
    }

    @Test
    void aBrickNeverTakesAnothersData() {
        BrickDirectory.open(temp, "a").close();
        assertThatThrownBy(() -> BrickDirectory.open(temp, "b"))
                .hasMessageContaining("belongs to brick 'a', not to 'b'");
        BrickDirectory.open(temp, "a").close();
    }

    @Test
    void anUnknownFormatIsRefused() throws IOException {
        BrickDirectory.open(temp, "a").close();
        Path format = temp.resolve("format");
        Files.writeString(format, Files.readString(format).replace("format 1", "format 7"));
        assertThatThrownBy(() -> BrickDirectory.open(temp, "a"))
                .hasMessageContaining("has format 7")
                .hasMessageContaining("knows format 1");
        Files.writeString(format, "something else");
        assertThatThrownBy(() -> BrickDirectory.open(temp, "a")).hasMessageContaining("is not the format file");
    }

    @Test
    void dataWithoutAFormatFileIsLeftAlone() throws IOException {
        Files.createDirectory(temp.resolve("table"));
        assertThatThrownBy(() -> BrickDirectory.open(temp, "a")).hasMessageContaining("no format file");
    }

    @Test
    void aFileIsNoDirectory() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "x");
        assertThatThrownBy(() -> BrickDirectory.open(file, "a"))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("is a file, not a directory");
        assertThatThrownBy(() -> BrickDirectory.open(file.resolve("below"), "a"))
                .hasMessageContaining("cannot be made");
    }

    @Test
    void aPlaceWhereNothingCanBeMadeIsNamed() {
        assertThatThrownBy(() -> BrickDirectory.open(Path.of("/proc/brickwork"), "a"))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("/proc/brickwork");
    }

    @Test
    void aPlaceOfOthersIsNoPlaceForANewBrick() throws IOException {
        Path cluster = Files.createDirectory(temp.resolve("cluster"));
        Files.writeString(
                cluster.resolve("cluster.conf"),
                "bricks=[{name=a,data-port=7400,control-port=7500,pid=0,started-millis=0}]");
        assertThatThrownBy(() -> BrickDirectory.open(cluster, "embedded"))
                .hasMessageContaining("is that of a cluster")
                .hasMessageContaining("--connect 127.0.0.1:7400 --cluster");
        assertThat(cluster).isDirectoryContaining("glob:**/cluster.conf").isDirectoryNotContaining("glob:**/lock");
        BrickDirectory.open(temp.resolve("bricks/a"), "a").close();
        assertThatThrownBy(() -> BrickDirectory.open(temp.resolve("bricks"), "embedded"))
                .hasMessageContaining("holds the directories of bricks, such as a");
        assertThatThrownBy(() -> BrickDirectory.open(temp.resolve("bricks/a/more"), "embedded"))
                .hasMessageContaining("lies in that of a brick");
        BrickDirectory.open(temp.resolve("bricks/b"), "b").close();
    }
}
