package io.brickwork.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.brickwork.client.call.LinkedBricks.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressesTest {
    @Test
    void hostsAndPortsAreReadInOrderAndOnce() {
        assertThat(Addresses.parse("one:1, 10.0.0.2:7400 ,[::1]:65535,one:1"))
                .containsExactly(new Seed("one", 1), new Seed("10.0.0.2", 7400), new Seed("::1", 65_535));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | is empty",
                "'a:1,' | is empty",
                "localhost | 'localhost' has no port",
                "localhost: | port '' of 'localhost:' is not a number",
                "localhost:http | port 'http' of 'localhost:http' is not a number",
                "localhost:0 | port 0 of 'localhost:0' is not from 1 to 65535",
                "localhost:65536 | port 65536 of 'localhost:65536' is not from 1 to 65535",
                "a:1,:2 | ':2' names no host",
                "http://a:1 | is ambiguous",
                "::1:7400 | in brackets",
                "'a b:1' | names no host"
            })
    void nonsenseIsNamedTogetherWithWhatIsExpected(String text, String complaint) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Addresses.parse(text))
                .withMessageContaining(complaint)
                .withMessageContaining("\"" + text + "\"")
                .withMessageContaining("host:port");
    }
}
