package io.brickwork.client.codec;

import java.math.RoundingMode;
import java.time.chrono.Chronology;
import java.time.chrono.HijrahChronology;
import java.time.chrono.HijrahDate;
import java.time.chrono.HijrahEra;
import java.time.chrono.IsoChronology;
import java.time.chrono.IsoEra;
import java.time.chrono.JapaneseChronology;
import java.time.chrono.JapaneseDate;
import java.time.chrono.JapaneseEra;
import java.time.chrono.MinguoChronology;
import java.time.chrono.MinguoDate;
import java.time.chrono.MinguoEra;
import java.time.chrono.ThaiBuddhistChronology;
import java.time.chrono.ThaiBuddhistDate;
import java.time.chrono.ThaiBuddhistEra;
import java.time.format.FormatStyle;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.concurrent.TimeUnit;

/** How the JDK's dates, calendars and their units are stored. */
final class JdkTimes {
    private JdkTimes() {}

    /** Adds them. Nothing may be appended here: the numbers of {@link JdkValues} follow. */
    static void addTo(JdkClasses.Numbers numbers) {
        numbers.add(
                HijrahDate.class,
                JdkSerializer.<HijrahDate>of(
                        (kryo, out, date) -> {
                            if (!date.getChronology().equals(HijrahChronology.INSTANCE)) {
                                throw new IllegalArgumentException(date + " is of a variant of its chronology that"
                                        + " cannot be stored; store a java.time.LocalDate");
                            }
                            out.writeLong(date.toEpochDay());
                        },
                        (kryo, in) -> HijrahChronology.INSTANCE.dateEpochDay(in.readLong())));
        numbers.add(
                JapaneseDate.class,
                JdkSerializer.<JapaneseDate>of(
                        (kryo, out, date) -> out.writeLong(date.toEpochDay()),
                        (kryo, in) -> JapaneseChronology.INSTANCE.dateEpochDay(in.readLong())));
        numbers.add(
                MinguoDate.class,
                JdkSerializer.<MinguoDate>of(
                        (kryo, out, date) -> out.writeLong(date.toEpochDay()),
                        (kryo, in) -> MinguoChronology.INSTANCE.dateEpochDay(in.readLong())));
        numbers.add(
                ThaiBuddhistDate.class,
                JdkSerializer.<ThaiBuddhistDate>of(
                        (kryo, out, date) -> out.writeLong(date.toEpochDay()),
                        (kryo, in) -> ThaiBuddhistChronology.INSTANCE.dateEpochDay(in.readLong())));
        for (Class<?> chronology : List.of(
                IsoChronology.class,
                HijrahChronology.class,
                JapaneseChronology.class,
                MinguoChronology.class,
                ThaiBuddhistChronology.class)) {
            numbers.add(
                    chronology,
                    JdkSerializer.<Chronology>text(
                            Chronology::getId,
                            Chronology::of,
                            Object::equals,
                            "store the name of one that the JDK has"));
        }
        numbers.add(
                JapaneseEra.class,
                JdkSerializer.<JapaneseEra>of(
                        (kryo, out, era) -> out.writeInt(era.getValue(), false),
                        (kryo, in) -> JapaneseEra.of(in.readInt(false))));
        for (Class<?> type : List.of(
                IsoEra.class,
                HijrahEra.class,
                MinguoEra.class,
                ThaiBuddhistEra.class,
                ChronoUnit.class,
                ChronoField.class,
                TextStyle.class,
                FormatStyle.class,
                TimeUnit.class,
                RoundingMode.class)) {
            numbers.add(type, new EnumNames(type));
        }
        numbers.add(
                TimeZone.class,
                JdkSerializer.<TimeZone>text(
                        TimeZone::getID,
                        TimeZone::getTimeZone,
                        Object::equals,
                        "its rules are not those of a zone with its id; store the id of a zone that has them"));
        numbers.add(GregorianCalendar.class, calendar());
    }

    private static JdkSerializer<GregorianCalendar> calendar() {
        return JdkSerializer.of(
                (kryo, out, original) -> {
                    GregorianCalendar calendar =
                            (GregorianCalendar) original.clone(); // asking for its time may change it
                    kryo.writeClassAndObject(out, calendar.getTimeZone());
                    out.writeLong(calendar.getTimeInMillis());
                    out.writeBoolean(calendar.isLenient());
                    out.writeInt(calendar.getFirstDayOfWeek(), true);
                    out.writeInt(calendar.getMinimalDaysInFirstWeek(), true);
                    out.writeLong(calendar.getGregorianChange().getTime());
                },
                (kryo, in) -> {
                    GregorianCalendar calendar = new GregorianCalendar(
                            JdkSerializer.present((TimeZone) kryo.readClassAndObject(in)), Locale.ROOT);
                    long millis = in.readLong();
                    calendar.setLenient(in.readBoolean());
                    calendar.setFirstDayOfWeek(in.readInt(true));
                    calendar.setMinimalDaysInFirstWeek(in.readInt(true));
                    calendar.setGregorianChange(new Date(in.readLong()));
                    calendar.setTimeInMillis(millis);
                    calendar.getTime();
                    return calendar;
                });
    }
}
