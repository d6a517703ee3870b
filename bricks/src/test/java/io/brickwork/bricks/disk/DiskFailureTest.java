package io.brickwork.bricks.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskFailureTest {
    @TempDir
    Path temp;

    @Test
    void eachKindSaysWhatToDoAndWhatIsFree() {
        assertExplained(new IOException("No space left on device"), "the disk is full; make room");
        assertExplained(new IOException("Disk quota exceeded"), "quota");
        assertExplained(new FileSystemException("f", null, "Read-only file system"), "mounted read-only");
        assertExplained(new AccessDeniedException("f"), "may not do that");
        assertExplained(new IOException("Permission denied"), "may not do that");
        assertExplained(new FileSystemException("f", null, "Too many open files"), "ulimit -n");
        assertExplained(new NoSuchFileException("f"), "it is gone");
        assertExplained(new IOException("Input/output error"), "the disk reports an error");
        assertExplained(new IOException("something else"), "something else");
    }

    private void assertExplained(IOException failure, String remedy) {
        assertThat(DiskFailure.explain(temp.resolve("not/there/yet"), failure))
                .contains(remedy)
                .matches("(?s).*the file system of .*not/there/yet \\(.+\\) has [0-9,]+ of [0-9,]+ bytes free\\)");
    }
}
