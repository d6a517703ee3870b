package io.brickwork.cli;

import io.brickwork.core.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What the bricks demand of who connects. Other users of the machine can read a command line: a file or the environment
 * keeps the token from them.
 */
final class TokenOptions {
    /** The environment's variable that holds the token if no option names one. */
    static final String VARIABLE = "DDS_TOKEN";

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description =
                    "What the bricks demand, if they do. Other users can read it on the command line: better use --token-file, or the environment's "
                            + VARIABLE + ".")
    private @Nullable String token;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "A file that holds the token; an end of line behind it does not count.")
    private @Nullable Path file;

    /** The token; empty for none. */
    String token() {
        return token(System.getenv());
    }

    String token(Map<String, String> environment) {
        if (token != null && file != null) {
            throw new CommandFailed(2, "--token and --token-file are both given; one is enough", new IOException());
        }
        if (token != null) {
            return token;
        }
        return file != null ? read(file) : environment.getOrDefault(VARIABLE, "");
    }

    /** The token that a file holds. */
    static String read(Path file) {
        byte[] bytes;
        try {
            if (Files.size(file) > Limits.TOKEN_BYTES + 2) {
                throw new CommandFailed("%s has %,d bytes; a token has at most %,d"
                        .formatted(file, Files.size(file), Limits.TOKEN_BYTES));
            }
            bytes = Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new CommandFailed("the token's file %s cannot be read: %s".formatted(file, unreadable), unreadable);
        }
        try {
            String token = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()
                    .replaceFirst("\\R\\z", "");
            if (token.isEmpty()) {
                throw new CommandFailed("the token's file " + file + " is empty");
            }
            return token;
        } catch (CharacterCodingException malformed) {
            throw new CommandFailed("the token's file " + file + " is not in UTF-8", malformed);
        }
    }
}
