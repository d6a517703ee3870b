package io.brickwork.bricks.tokens;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.parser.ConfigDocument;
import com.typesafe.config.parser.ConfigDocumentFactory;
import io.brickwork.bricks.disk.OwnerOnly;
import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.client.link.ClusterSecret;
import io.brickwork.core.Bytes;
import io.brickwork.core.Names;
import io.brickwork.core.rights.Grant;
import io.brickwork.core.rights.Right;
import io.brickwork.core.rights.Rights;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The file that lists the tokens of clients, in HOCON:
 *
 * <pre>
 * tokens {
 *   dashboard { sha256 = "9f86…", read = ["orders", "orders-*"] }
 *   shop { sha256 = "60303…", read = ["*"], write = ["orders"] }
 * }
 * </pre>
 *
 * It holds the hashes of tokens, not tokens. The braces around all of them make a file that is cut off anywhere one
 * that does not parse. Comments are kept when a token is added or removed.
 */
public final class TokenFile {
    private static final int MOST_BYTES = 1 << 20;
    private static final String TOKENS = "tokens";
    private static final String HASH = "sha256";
    private static final String HASH_PATTERN = "[0-9a-f]{64}";
    private static final List<Right> ROLES = List.of(Right.READ, Right.WRITE, Right.ADMIN);
    private static final String EMPTY = """
            # Tokens of the clients of a Brickwork cluster: for each its name, its hash, and the structures on which its holder
            # has the role read, write or admin. Bricks read this file again when it changes. See docs/security.md.
            tokens {
            }
            """;

    private TokenFile() {}

    /**
     * Reads the file.
     *
     * @throws BrickStartException naming the file, and the line if there is one, and what is wrong with it
     */
    public static TokenTable read(Path file) {
        return parse(text(file), file.toString());
    }

    /** The text of the file. */
    static String text(Path file) {
        try {
            String mode = OwnerOnly.modeOpenToOthers(file);
            if (mode != null) {
                throw new BrickStartException(
                        "the tokens file %s has mode %s: others than its owner can use it. Say 'chmod 600 %s', and look whether somebody has added a token"
                                .formatted(file, mode, file));
            }
            if (Files.size(file) > MOST_BYTES) {
                throw new BrickStartException("the tokens file %s has %d bytes; it may have at most %d"
                        .formatted(file, Files.size(file), MOST_BYTES));
            }
            return Files.readString(file);
        } catch (NoSuchFileException missing) {
            throw new BrickStartException(
                    "there is no tokens file %s; './dds token NAME --role read %s' makes one".formatted(file, file),
                    missing);
        } catch (CharacterCodingException latin) {
            throw new BrickStartException("the tokens file %s is not in UTF-8".formatted(file), latin);
        } catch (IOException unreadable) {
            throw new BrickStartException(
                    "the tokens file %s cannot be read: %s".formatted(file, unreadable), unreadable);
        }
    }

    /** @param origin names the file in messages */
    static TokenTable parse(String text, String origin) {
        try {
            Config root = ConfigFactory.parseString(
                    text, ConfigParseOptions.defaults().setOriginDescription(origin));
            for (Map.Entry<String, ConfigValue> entry : root.root().entrySet()) {
                refuse(
                        !entry.getKey().equals(TOKENS),
                        origin,
                        entry.getValue(),
                        "there is no setting '%s'; all is in tokens { }".formatted(entry.getKey()));
            }
            ConfigValue tokens = root.root().get(TOKENS);
            if (tokens == null) {
                throw new BrickStartException(
                        "the tokens file %s holds no 'tokens { }'; if there are to be no tokens, write just that"
                                .formatted(origin));
            }
            Map<String, Rights> byHash = new HashMap<>();
            for (Map.Entry<String, ConfigValue> token :
                    object(tokens, origin, "tokens").entrySet()) {
                String name = token.getKey();
                ConfigObject described = object(token.getValue(), origin, "token '" + name + "'");
                Rights before = byHash.put(hash(described, origin, name), rights(described, origin, name));
                refuse(
                        before != null,
                        origin,
                        described,
                        "token '%s' has the hash of another one; every token needs its own".formatted(name));
            }
            return new TokenTable(byHash);
        } catch (ConfigException malformed) {
            throw new BrickStartException(
                    "the tokens file %s is malformed: %s".formatted(origin, malformed.getMessage()), malformed);
        }
    }

    private static ConfigObject object(ConfigValue value, String origin, String what) {
        if (value instanceof ConfigObject object) {
            return object;
        }
        throw bad(origin, value, what + " is no { }");
    }

    private static String hash(ConfigObject token, String origin, String name) {
        refuse(!token.containsKey(HASH), origin, token, "token '%s' has no %s".formatted(name, HASH));
        String digits = token.toConfig().getString(HASH).toLowerCase(Locale.ROOT);
        refuse(
                !digits.matches(HASH_PATTERN),
                origin,
                token,
                "the %s of token '%s' is not 64 hexadecimal digits: './dds token' makes tokens and their hashes"
                        .formatted(HASH, name));
        return digits;
    }

    private static Rights rights(ConfigObject token, String origin, String name) {
        List<Grant> grants = new ArrayList<>();
        Set<String> known = new TreeSet<>(Set.of(HASH));
        try {
            Names.checkNew("token", name);
            for (Right role : ROLES) {
                known.add(word(role));
                if (token.containsKey(word(role))) {
                    token.toConfig().getStringList(word(role)).forEach(pattern -> grants.add(new Grant(role, pattern)));
                }
            }
        } catch (IllegalArgumentException unfit) {
            throw bad(origin, token, "token '%s': %s".formatted(name, unfit.getMessage()));
        }
        for (Map.Entry<String, ConfigValue> entry : token.entrySet()) {
            refuse(
                    !known.contains(entry.getKey()),
                    origin,
                    entry.getValue(),
                    "token '%s' has a '%s', which means nothing; known are %s".formatted(name, entry.getKey(), known));
        }
        refuse(
                grants.isEmpty(),
                origin,
                token,
                "token '%s' has no rights; give it one, such as read = [\"*\"]".formatted(name));
        return Rights.ofToken(name, grants);
    }

    private static void refuse(boolean isBad, String origin, ConfigValue where, String what) {
        if (isBad) {
            throw bad(origin, where, what);
        }
    }

    private static BrickStartException bad(String origin, ConfigValue where, String what) {
        return new BrickStartException("the tokens file %s, line %d: %s"
                .formatted(origin, where.origin().lineNumber(), what));
    }

    /** What a role is called in the file and on the command line. */
    private static String word(Right role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    /**
     * The role of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Right role(String word) {
        for (Right role : ROLES) {
            if (word(role).equals(word)) {
                return role;
            }
        }
        throw new IllegalArgumentException("there is no role '%s'; known are %s"
                .formatted(word, ROLES.stream().map(TokenFile::word).toList()));
    }

    /**
     * Adds a new token to the file, which is made if it is not there.
     *
     * @param patterns on which structures its holder has the role; see {@link Grant}
     * @return the token, which the file does not hold
     * @throws IllegalArgumentException if the name or a pattern is unfit, or there is a token of this name
     * @throws BrickStartException if the file is not fit to be changed
     */
    public static String add(Path file, String name, Right role, List<String> patterns) throws IOException {
        Names.checkNew("token", name);
        patterns.forEach(pattern -> new Grant(role, pattern));
        String before = Files.exists(file) ? text(file) : EMPTY;
        if (has(before, file, name)) {
            throw new IllegalArgumentException(
                    "%s has a token '%s' already: revoke it first, or choose another name".formatted(file, name));
        }
        String token = ClusterSecret.fresh();
        String described = "{ %s = \"%s\", %s = [%s] }"
                .formatted(
                        HASH,
                        TokenTable.hash(Bytes.utf8(token)),
                        word(role),
                        String.join(
                                ", ",
                                patterns.stream().map(ConfigUtil::quoteString).toList()));
        write(file, document(before).withValueText(path(name), described).render());
        return token;
    }

    /**
     * Removes a token from the file.
     *
     * @return whether it was there
     * @throws BrickStartException if the file is not fit to be changed
     */
    public static boolean revoke(Path file, String name) throws IOException {
        String before = text(file);
        if (!has(before, file, name)) {
            return false;
        }
        write(file, document(before).withoutPath(path(name)).render());
        return true;
    }

    private static boolean has(String text, Path file, String name) {
        parse(text, file.toString()); // what is bad already is not made worse
        return document(text).hasPath(path(name));
    }

    private static ConfigDocument document(String text) {
        return ConfigDocumentFactory.parseString(text);
    }

    private static String path(String name) {
        return ConfigUtil.joinPath(TOKENS, name);
    }

    /** In one step, so that no brick reads half of it. */
    private static void write(Path file, String text) throws IOException {
        parse(text, file.toString());
        Path whole = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(whole);
        OwnerOnly.createFile(whole);
        Files.write(whole, text.getBytes(StandardCharsets.UTF_8));
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
