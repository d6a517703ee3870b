package io.brickwork.bench;

import io.brickwork.core.Replication;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Ways of replication as options name them: two-phase, chain. */
final class ReplicationConverter implements ITypeConverter<Replication> {
    static String name(Replication replication) {
        return replication.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public Replication convert(String text) {
        List<Replication> all = Arrays.asList(Replication.values());
        return all.stream()
                .filter(one -> name(one).equals(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'%s' is none of %s"
                        .formatted(
                                text,
                                all.stream().map(ReplicationConverter::name).toList())));
    }
}
