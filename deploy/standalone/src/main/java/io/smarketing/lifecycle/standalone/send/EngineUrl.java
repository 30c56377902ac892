package io.smarketing.lifecycle.standalone.send;

import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where an engine answers.
 *
 * @param base without a slash at the end; what stands before {@code /v1}
 */
public record EngineUrl(URI base) {

    private static final String EVENTS = "/v1/events";
    private static final int LAST_PORT = 65_535;

    /**
     * Reads an address as people write it.
     *
     * @throws WrongInput saying what to write
     */
    public static EngineUrl parse(String text) {
        String url = text.strip();
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw wrong(text, "is no URL (%s)".formatted(e.getReason()));
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw wrong(text, "does not begin with http:// or https://");
        }
        if (uri.getHost() == null || uri.getPort() > LAST_PORT) {
            throw wrong(text, "names no host and port");
        }
        if (uri.getRawUserInfo() != null) {
            throw wrong(text.replace(uri.getRawUserInfo() + "@", "…@"), "has a user in it, which is not sent");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw wrong(text, "has a part after '?' or '#', which means nothing here");
        }
        return new EngineUrl(
                URI.create("%s://%s%s".formatted(scheme, uri.getRawAuthority(), prefix(uri.getRawPath()))));
    }

    /** Whoever copies the address of the events means the engine that takes them. */
    private static String prefix(String path) {
        String prefix = withoutSlashes(path);
        return prefix.endsWith(EVENTS)
                ? withoutSlashes(prefix.substring(0, prefix.length() - EVENTS.length()))
                : prefix;
    }

    private static String withoutSlashes(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    private static WrongInput wrong(String text, String why) {
        return new WrongInput("--url: '%s' %s (write http://localhost:8080)".formatted(text, why));
    }

    URI events() {
        return at(EVENTS);
    }

    URI at(String path) {
        return URI.create(base + path);
    }

    @Override
    public String toString() {
        return base.toString();
    }
}
