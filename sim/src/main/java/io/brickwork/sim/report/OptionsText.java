package io.brickwork.sim.report;

import java.lang.reflect.RecordComponent;

/** A record as text: one component a line, those of nested records below it. */
final class OptionsText {
    private OptionsText() {}

    static String of(Record options) {
        StringBuilder text = new StringBuilder();
        append(text, "", options);
        return text.toString();
    }

    private static void append(StringBuilder text, String indent, Record options) {
        for (RecordComponent component : options.getClass().getRecordComponents()) {
            Object value = value(options, component);
            text.append(indent).append(component.getName()).append(':');
            if (value instanceof Record nested) {
                text.append('\n');
                append(text, indent + "  ", nested);
            } else {
                text.append(' ').append(value).append('\n');
            }
        }
    }

    private static Object value(Record options, RecordComponent component) {
        try {
            return component.getAccessor().invoke(options);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("options are public records, yet " + component + " is not", impossible);
        }
    }
}
