package io.brickwork.core.group;

import io.brickwork.core.SessionId;
import io.brickwork.core.structure.StructureInfo;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What became of a {@link MetadataCommand}. */
public sealed interface MetadataAnswer {
    /** It is so, by this command or an earlier one. */
    record Done() implements MetadataAnswer {}

    /** What exists under the name. */
    record Structure(StructureInfo info) implements MetadataAnswer {}

    /** What is registered for the brick; null for nothing. */
    record Registered(@Nullable Incarnation incarnation) implements MetadataAnswer {}

    /** A session was opened. */
    record Session(SessionId session) implements MetadataAnswer {}

    /** It had no effect. */
    record Refused(String reason) implements MetadataAnswer {
        /** With a reason that is formatted as by {@link String#format}. */
        public static Refused because(String text, Object... values) {
            return new Refused(String.format(Locale.ROOT, text, values));
        }
    }
}
