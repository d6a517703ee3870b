package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.serializers.ImmutableCollectionsSerializers.JdkImmutableListSerializer;
import com.esotericsoftware.kryo.kryo5.serializers.ImmutableSerializer;
import com.esotericsoftware.kryo.kryo5.serializers.TimeSerializers;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What replaces serializers of Kryo that lose something or write data as if it were a length. The bytes are Kryo's
 * wherever those hold the object; else they are of the second format, and begin with what Kryo never writes there.
 */
final class AmendedSerializers {
    /**
     * An {@code ImmutableCollections.ListN} that holds nulls, as {@code Stream.toList()} makes them. Kryo would have
     * this stand for null, which it writes as 0.
     */
    private static final int WITH_NULLS = 0x80;

    /** By class; without state, so shared by all. */
    private static final Map<Class<?>, Serializer<?>> ALL = make();

    private AmendedSerializers() {}

    static Map<Class<?>, Serializer<?>> all() {
        return ALL;
    }

    private static Map<Class<?>, Serializer<?>> make() {
        JdkImmutableLists lists = new JdkImmutableLists();
        return Map.of(
                Year.class,
                new Years(),
                YearMonth.class,
                new YearMonths(),
                Period.class,
                new Periods(),
                ZonedDateTime.class,
                new ZonedDateTimes(),
                Locale.class,
                new Locales(),
                List.of(1).getClass(),
                lists,
                List.of().getClass(),
                lists,
                List.of(1, 2, 3).subList(0, 2).getClass(),
                lists);
    }

    private static final class Years extends ImmutableSerializer<Year> {
        @Override
        public void write(Kryo kryo, Output output, Year year) {
            output.writeInt(year.getValue(), true);
        }

        @Override
        public Year read(Kryo kryo, Input input, Class<? extends Year> type) {
            return Year.of(input.readInt(true));
        }
    }

    private static final class YearMonths extends ImmutableSerializer<YearMonth> {
        @Override
        public void write(Kryo kryo, Output output, YearMonth month) {
            output.writeInt(month.getYear(), true);
            output.writeByte(month.getMonthValue());
        }

        @Override
        public YearMonth read(Kryo kryo, Input input, Class<? extends YearMonth> type) {
            return YearMonth.of(input.readInt(true), input.readByte());
        }
    }

    private static final class Periods extends ImmutableSerializer<Period> {
        @Override
        public void write(Kryo kryo, Output output, Period period) {
            output.writeInt(period.getYears(), true);
            output.writeInt(period.getMonths(), true);
            output.writeInt(period.getDays(), true);
        }

        @Override
        public Period read(Kryo kryo, Input input, Class<? extends Period> type) {
            return Period.of(input.readInt(true), input.readInt(true), input.readInt(true));
        }
    }

    /** Kryo leaves out the offset, which is needed when an hour occurs twice. */
    private static final class ZonedDateTimes extends ImmutableSerializer<ZonedDateTime> {
        private final TimeSerializers.LocalDateTimeSerializer local = new TimeSerializers.LocalDateTimeSerializer();

        @Override
        public void write(Kryo kryo, Output output, ZonedDateTime time) {
            local.write(kryo, output, time.toLocalDateTime());
            String zone = time.getZone().getId();
            if (isPlain(time)) {
                output.writeString(zone);
            } else {
                ((BoundedOutput) output).needSecondFormat();
                output.writeString(null);
                output.writeInt(time.getOffset().getTotalSeconds(), false);
                output.writeString(zone);
            }
        }

        private static boolean isPlain(ZonedDateTime time) {
            return ZonedDateTime.of(
                            time.toLocalDateTime(), ZoneId.of(time.getZone().getId()))
                    .equals(time);
        }

        @Override
        public ZonedDateTime read(Kryo kryo, Input input, Class<? extends ZonedDateTime> type) {
            LocalDateTime time = local.read(kryo, input, LocalDateTime.class);
            String zone = input.readString();
            if (zone != null) {
                return ZonedDateTime.of(time, ZoneId.of(zone));
            }
            ZoneOffset offset = ZoneOffset.ofTotalSeconds(input.readInt(false));
            return ZonedDateTime.ofInstant(time, offset, ZoneId.of(JdkSerializer.readText((BoundedInput) input)));
        }
    }

    /** Kryo leaves out the script and the extensions. */
    private static final class Locales extends ImmutableSerializer<Locale> {
        @Override
        public void write(Kryo kryo, Output output, Locale locale) {
            if (Locale.of(locale.getLanguage(), locale.getCountry(), locale.getVariant())
                    .equals(locale)) {
                output.writeAscii(locale.getLanguage());
                output.writeAscii(locale.getCountry());
                output.writeString(locale.getVariant());
                return;
            }
            String tag = locale.toLanguageTag();
            if (!Locale.forLanguageTag(tag).equals(locale)) {
                throw new IllegalArgumentException(
                        "locale %s has no language tag that stands for it; store its parts".formatted(locale));
            }
            ((BoundedOutput) output).needSecondFormat();
            output.writeString(null);
            output.writeString(tag);
        }

        @Override
        public Locale read(Kryo kryo, Input input, Class<? extends Locale> type) {
            String language = input.readString();
            return language == null
                    ? Locale.forLanguageTag(JdkSerializer.readText((BoundedInput) input))
                    : Locale.of(
                            language,
                            JdkSerializer.readText((BoundedInput) input),
                            JdkSerializer.readText((BoundedInput) input));
        }
    }

    /** Kryo refuses nulls. */
    private static final class JdkImmutableLists extends Serializer<List<?>> {
        private final Serializer<List<Object>> withoutNulls = kryoSerializer();

        JdkImmutableLists() {
            setAcceptsNull(withoutNulls.getAcceptsNull());
        }

        @Override
        @SuppressWarnings("unchecked")
        public void write(Kryo kryo, Output output, List<?> list) {
            if (list == null || list.stream().allMatch(element -> element != null)) {
                withoutNulls.write(kryo, output, (List<Object>) list);
            } else {
                BoundedOutput out = (BoundedOutput) output;
                out.needSecondFormat();
                out.writeByte(WITH_NULLS);
                JdkSerializer.writeElements((StrictKryo) kryo, out, list);
            }
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"})
        public List<?> read(Kryo kryo, Input input, Class<? extends List<?>> type) {
            if (((StrictKryo) kryo).isSecondFormat() && ((BoundedInput) input).peek() == WITH_NULLS) {
                input.readByte();
                return JdkSerializer.readElements((StrictKryo) kryo, (BoundedInput) input).stream()
                        .toList();
            }
            return withoutNulls.read(kryo, input, (Class) type);
        }

        @SuppressWarnings("unchecked")
        private static Serializer<List<Object>> kryoSerializer() {
            Serializer<?> serializer =
                    new Kryo().getDefaultSerializer(List.of(1, 2, 3).getClass());
            if (!(serializer instanceof JdkImmutableListSerializer)) {
                throw new IllegalStateException("Kryo stores List.of with " + serializer);
            }
            return (Serializer<List<Object>>) serializer;
        }
    }

    /**
     * {@code java.sql.Timestamp} where a user has given it a number: Kryo stores its milliseconds. Only for the first
     * format.
     */
    static Serializer<?> timestamps(Serializer<java.sql.Timestamp> kryos) {
        return new Serializer<java.sql.Timestamp>() {
            @Override
            public void write(Kryo kryo, Output output, java.sql.Timestamp time) {
                if (time.getNanos() % 1_000_000 != 0) {
                    ((BoundedOutput) output).needSecondFormat();
                }
                kryos.write(kryo, output, time);
            }

            @Override
            public java.sql.Timestamp read(Kryo kryo, Input input, Class<? extends java.sql.Timestamp> type) {
                return kryos.read(kryo, input, type);
            }
        };
    }
}
