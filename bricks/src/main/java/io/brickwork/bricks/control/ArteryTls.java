package io.brickwork.bricks.control;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.brickwork.client.tls.Tls;
import io.brickwork.client.tls.TlsFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.remote.artery.tcp.SSLEngineProvider;
import scala.Option;

/**
 * TLS of the control plane: Artery's connections from the PEM files of the brick's data port. Both ends show
 * certificates, and the end that dials checks that the other's is for the host that it dialled, which Pekko's own
 * {@code RotatingKeysSSLEngineProvider} does not.
 */
public final class ArteryTls implements SSLEngineProvider {
    private static final String ROOT = "pekko.remote.artery.ssl.brickwork";

    private final Tls tls;

    /** Made by Pekko, which finds the class by its name in the settings of {@link #config}. */
    public ArteryTls(ActorSystem system) {
        Config files = system.settings().config().getConfig(ROOT);
        tls = Tls.of(new TlsFiles(
                "brickwork.brick.tls.",
                Path.of(files.getString("certificate")),
                Path.of(files.getString("key")),
                Path.of(files.getString("trusted"))));
    }

    /** Settings of an actor system whose Artery speaks TLS; for files that show a certificate. */
    static Config config(TlsFiles files) {
        return ConfigFactory.parseMap(Map.of(
                "pekko.remote.artery.transport",
                "tls-tcp",
                "pekko.remote.artery.ssl.ssl-engine-provider",
                ArteryTls.class.getName(),
                ROOT + ".certificate",
                String.valueOf(Objects.requireNonNull(files.certificate())),
                ROOT + ".key",
                String.valueOf(Objects.requireNonNull(files.key())),
                ROOT + ".trusted",
                files.trusted().toString()));
    }

    @Override
    public SSLEngine createServerSSLEngine(String hostname, int port) {
        SSLEngine engine = tls.listening();
        engine.setNeedClientAuth(true);
        return engine;
    }

    @Override
    public SSLEngine createClientSSLEngine(String hostname, int port) {
        return tls.dialling(hostname, port);
    }

    @Override
    public Option<Throwable> verifyClientSession(String hostname, SSLSession session) {
        return Option.empty(); // the handshake has checked all there is
    }

    @Override
    public Option<Throwable> verifyServerSession(String hostname, SSLSession session) {
        return Option.empty();
    }
}
