package io.brickwork.client.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One PEM file and the setting that names it. What cannot be used is an {@link IllegalArgumentException} that names
 * both, says what is wrong and what to do.
 */
final class PemFile {
    /** A file that is longer holds something else: all authorities that browsers trust take a quarter of this. */
    private static final long MOST_BYTES = 1 << 20;

    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String KEY = "PRIVATE KEY";
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----");

    private final String setting;
    private final Path path;

    PemFile(String setting, Path path) {
        this.setting = setting;
        this.path = path;
    }

    private record Block(String kind, byte[] content) {}

    /** All certificates of the file, in their order; at least one. */
    List<X509Certificate> certificates() {
        List<X509Certificate> certificates = new ArrayList<>();
        List<Block> blocks = blocks();
        for (Block block : blocks) {
            if (!block.kind.equals(CERTIFICATE)) {
                continue;
            }
            try {
                certificates.add((X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(block.content)));
            } catch (CertificateException bad) {
                throw wrong("holds a certificate that cannot be read (%s); get the file again from whoever made it"
                        .formatted(bad.getMessage()));
            }
        }
        if (certificates.isEmpty()) {
            throw wrong("holds no certificate but a %s; name the file with -----BEGIN CERTIFICATE-----"
                    .formatted(blocks.getFirst().kind));
        }
        return certificates;
    }

    /**
     * The private key of the file.
     *
     * @param owner the key of the certificate that it should belong to
     */
    PrivateKey key(PublicKey owner) {
        refuseOpenToOthers();
        Block block = blocks().getFirst();
        switch (block.kind) {
            case KEY -> {}
            case "ENCRYPTED PRIVATE KEY" ->
                throw wrong("is encrypted, and nobody is there to be asked for its password; " + conversion());
            case "RSA PRIVATE KEY", "EC PRIVATE KEY", "EC PARAMETERS", "DSA PRIVATE KEY" ->
                throw wrong("holds a key in an old form (" + block.kind + "), and PKCS#8 is needed; " + conversion());
            default ->
                throw wrong("holds no private key but a %s; name the file with -----BEGIN PRIVATE KEY-----"
                        .formatted(block.kind));
        }
        try {
            return KeyFactory.getInstance(owner.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(block.content));
        } catch (InvalidKeySpecException other) {
            throw wrong(
                    "holds no key of the kind of the certificate's, which is %s; name the key that the certificate was made for"
                            .formatted(owner.getAlgorithm()));
        } catch (GeneralSecurityException unsupported) {
            throw wrong("cannot be used: " + unsupported.getMessage());
        }
    }

    private String conversion() {
        return "'openssl pkcs8 -topk8 -nocrypt -in %s -out FILE' writes one that can be used".formatted(path);
    }

    /** At least one. */
    private List<Block> blocks() {
        String text = read();
        List<Block> blocks = new ArrayList<>();
        Matcher found = BLOCK.matcher(text);
        int end = 0;
        while (found.find()) {
            blocks.add(new Block(found.group(1), decoded(found.group(2))));
            end = found.end();
        }
        Matcher unfinished = BEGIN.matcher(text);
        if (unfinished.find(end)) {
            throw wrong("ends within a %s: it is half written, or was cut off; write it again, whole"
                    .formatted(unfinished.group(1)));
        }
        if (blocks.isEmpty()) {
            throw wrong(
                    text.isBlank()
                            ? "is empty"
                            : "is not in PEM, which begins with -----BEGIN; 'openssl x509 -inform der -in %s' converts a certificate, 'openssl pkcs8 -topk8 -nocrypt -inform der' a key"
                                    .formatted(path));
        }
        return blocks;
    }

    private byte[] decoded(String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64.strip());
        } catch (IllegalArgumentException bad) {
            throw wrong("holds what is no Base64 (%s): it is half written, or was changed".formatted(bad.getMessage()));
        }
    }

    private String read() {
        try {
            if (Files.isDirectory(path)) {
                throw wrong("is a directory; name a file in it");
            }
            if (Files.size(path) > MOST_BYTES) {
                throw wrong("has %,d bytes, and a PEM file has at most %,d".formatted(Files.size(path), MOST_BYTES));
            }
            return Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException missing) {
            throw wrong("is not there");
        } catch (IOException unreadable) {
            throw wrong("cannot be read: " + unreadable);
        }
    }

    private void refuseOpenToOthers() {
        Set<PosixFilePermission> mode;
        try {
            PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
            if (view == null) {
                return; // no modes on this file system
            }
            mode = view.readAttributes().permissions();
        } catch (IOException unreadable) {
            return; // the reader says why
        }
        boolean isOpen = mode.stream()
                .anyMatch(permission -> permission.name().startsWith("GROUP_")
                        || permission.name().startsWith("OTHERS_"));
        if (isOpen) {
            throw wrong(
                    "has mode %s: others than its owner can use it. Say 'chmod 600 %s'; if somebody may have read it, have a new key and certificate made"
                            .formatted(PosixFilePermissions.toString(mode), path));
        }
    }

    /** Names the setting and the file. */
    IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("%s: the file %s %s".formatted(setting, path, what));
    }
}
