package io.brickwork.client.codec;

import java.math.MathContext;
import java.math.RoundingMode;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/** How the JDK's single values are stored: atomics, texts, patterns, paths and addresses. */
final class JdkValues {
    private JdkValues() {}

    /** Adds them. Their numbers are the last: new classes are appended here. */
    static void addTo(JdkClasses.Numbers numbers) {
        numbers.add(
                AtomicBoolean.class,
                JdkSerializer.<AtomicBoolean>of(
                        (kryo, out, flag) -> out.writeBoolean(flag.get()),
                        (kryo, in) -> new AtomicBoolean(in.readBoolean())));
        numbers.add(
                AtomicReference.class,
                JdkSerializer.<AtomicReference<?>>of(
                        (kryo, out, reference) -> kryo.writeClassAndObject(out, reference.get()),
                        (kryo, in) -> new AtomicReference<>(kryo.readClassAndObject(in))));
        numbers.add(
                AtomicIntegerArray.class,
                JdkSerializer.<AtomicIntegerArray>of(
                        (kryo, out, array) -> {
                            int[] numbersOf = new int[array.length()];
                            java.util.Arrays.setAll(numbersOf, array::get);
                            kryo.writeClassAndObject(out, numbersOf);
                        },
                        (kryo, in) ->
                                new AtomicIntegerArray((int[]) JdkSerializer.present(kryo.readClassAndObject(in)))));
        numbers.add(
                AtomicLongArray.class,
                JdkSerializer.<AtomicLongArray>of(
                        (kryo, out, array) -> {
                            long[] numbersOf = new long[array.length()];
                            java.util.Arrays.setAll(numbersOf, array::get);
                            kryo.writeClassAndObject(out, numbersOf);
                        },
                        (kryo, in) ->
                                new AtomicLongArray((long[]) JdkSerializer.present(kryo.readClassAndObject(in)))));
        numbers.add(
                LongAdder.class,
                JdkSerializer.<LongAdder>of((kryo, out, adder) -> out.writeLong(adder.sum()), (kryo, in) -> {
                    LongAdder adder = new LongAdder();
                    adder.add(in.readLong());
                    return adder;
                }));
        numbers.add(
                DoubleAdder.class,
                JdkSerializer.<DoubleAdder>of((kryo, out, adder) -> out.writeDouble(adder.sum()), (kryo, in) -> {
                    DoubleAdder adder = new DoubleAdder();
                    adder.add(in.readDouble());
                    return adder;
                }));
        numbers.add(
                StringBuffer.class,
                JdkSerializer.<StringBuffer>of(
                        (kryo, out, text) -> out.writeString(text.toString()),
                        (kryo, in) -> new StringBuffer(JdkSerializer.readText(in))));
        numbers.add(
                MathContext.class,
                JdkSerializer.<MathContext>of(
                        (kryo, out, context) -> {
                            out.writeInt(context.getPrecision(), true);
                            out.writeString(context.getRoundingMode().name());
                        },
                        (kryo, in) -> new MathContext(in.readInt(true), (RoundingMode)
                                EnumNames.constant(RoundingMode.class, in.readString()))));
        numbers.add(
                Pattern.class,
                JdkSerializer.<Pattern>of(
                        (kryo, out, pattern) -> {
                            out.writeString(pattern.pattern());
                            out.writeInt(pattern.flags(), true);
                        },
                        (kryo, in) -> Pattern.compile(JdkSerializer.readText(in), in.readInt(true))));
        numbers.add(
                Charset.class,
                JdkSerializer.<Charset>text(
                        Charset::name, Charset::forName, Object::equals, "store the name of one that the JDK has"));
        numbers.add(
                Path.class,
                JdkSerializer.<Path>text(
                        Path::toString,
                        Path::of,
                        Object::equals,
                        "it is not of the default file system; store it as text"));
        numbers.add(
                URL.class,
                JdkSerializer.<URL>text(
                        URL::toExternalForm,
                        text -> new URI(text).toURL(),
                        (url, read) -> url.toExternalForm().equals(((URL) read).toExternalForm()),
                        "it is no URI, or its protocol is unknown; store it as text"));
        numbers.add(Inet4Address.class, JdkSerializer.<Inet4Address>of(JdkValues::writeAddress, (kryo, in) -> {
            String host = in.readString();
            return (Inet4Address) InetAddress.getByAddress(host, in.readBytes(4));
        }));
        numbers.add(
                Inet6Address.class,
                JdkSerializer.<Inet6Address>of(
                        (kryo, out, address) -> {
                            writeAddress(kryo, out, address);
                            out.writeInt(address.getScopeId(), true);
                        },
                        (kryo, in) -> {
                            String host = in.readString();
                            byte[] bytes = in.readBytes(16);
                            int scope = in.readInt(true);
                            return Inet6Address.getByAddress(host, bytes, scope == 0 ? -1 : scope);
                        }));
        numbers.add(
                InetSocketAddress.class,
                JdkSerializer.<InetSocketAddress>of(
                        (kryo, out, address) -> {
                            kryo.writeClassAndObject(out, address.getAddress());
                            if (address.isUnresolved()) {
                                out.writeString(address.getHostString());
                            }
                            out.writeInt(address.getPort(), true);
                        },
                        (kryo, in) -> {
                            InetAddress address = (InetAddress) kryo.readClassAndObject(in);
                            return address == null
                                    ? InetSocketAddress.createUnresolved(JdkSerializer.readText(in), in.readInt(true))
                                    : new InetSocketAddress(address, in.readInt(true));
                        }));
    }

    private static void writeAddress(StrictKryo kryo, BoundedOutput out, InetAddress address) {
        String text = address.toString();
        int slash = text.lastIndexOf('/');
        out.writeString(slash <= 0 ? null : text.substring(0, slash));
        out.writeBytes(address.getAddress());
    }
}
