package io.brickwork.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments of a command as they were typed. The JVM decodes them in the charset of the locale and puts U+FFFD
 * where that has no character, so that different arguments become one; here they are UTF-8 whatever the locale, or
 * refused.
 */
final class Arguments {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final char REPLACEMENT = '\ufffd';

    private Arguments() {}

    /**
     * What was typed.
     *
     * @param decoded what the JVM made of it
     * @throws CommandFailed if an argument is not UTF-8, or nobody can tell; names it by its place
     */
    static String[] asTyped(String... decoded) {
        byte[] commandLine;
        try {
            commandLine = Files.readAllBytes(COMMAND_LINE);
        } catch (IOException | SecurityException elsewhere) {
            return checked(decoded);
        }
        return asTyped(commandLine, decoded);
    }

    /**
     * The same from the bytes of the process's command line.
     *
     * @param commandLine each argument with a zero byte behind it, those of the JVM first
     */
    static String[] asTyped(byte[] commandLine, String... decoded) {
        List<ByteBuffer> all = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < commandLine.length; i++) {
            if (commandLine[i] == 0) {
                all.add(ByteBuffer.wrap(commandLine, begin, i - begin));
                begin = i + 1;
            }
        }
        if (all.size() <= decoded.length) {
            return checked(decoded);
        }
        List<ByteBuffer> own = all.subList(all.size() - decoded.length, all.size());
        String[] typed = new String[decoded.length];
        for (int i = 0; i < typed.length; i++) {
            try {
                typed[i] =
                        StandardCharsets.UTF_8.newDecoder().decode(own.get(i)).toString();
            } catch (CharacterCodingException malformed) {
                throw new CommandFailed(
                        2,
                        "argument %d ('%s') is not in UTF-8, which arguments must be".formatted(i + 1, decoded[i]),
                        malformed);
            }
        }
        return isSame(typed, decoded) ? typed : checked(decoded);
    }

    /**
     * Whether these are the arguments: where a JVM was started by another program, the command line may be that
     * program's.
     */
    private static boolean isSame(String[] typed, String... decoded) {
        for (int i = 0; i < typed.length; i++) {
            if (decoded[i].chars().allMatch(c -> c < 128) && !decoded[i].equals(typed[i])) {
                return false;
            }
        }
        return true;
    }

    private static String[] checked(String... decoded) {
        for (int i = 0; i < decoded.length; i++) {
            if (decoded[i].indexOf(REPLACEMENT) >= 0) {
                throw new CommandFailed(
                        2,
                        "argument %d ('%s') has characters in it that the locale cannot express: set LC_ALL to a UTF-8 locale, such as C.UTF-8"
                                .formatted(i + 1, decoded[i]),
                        new CharacterCodingException());
            }
        }
        return decoded;
    }
}
