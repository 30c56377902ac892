package io.smarketing.lifecycle.api;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells a browser's requests for our own pages from those that somebody else's page makes it send, by what the browser says of them. What
 * says nothing is no browser's page.
 */
final class Origins {

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
    /** None: a person typed the address. Another port of the same machine is the same site, but not our page. */
    private static final Set<String> OWN = Set.of("same-origin", "none");

    private static final Pattern ORIGIN = Pattern.compile("(https?)://(.+)");
    private static final Pattern WITH_PORT = Pattern.compile("(.*):([0-9]+)");
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|.+\\.localhost|127(\\.[0-9]{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

    private final Set<String> allowed;
    private final Set<String> allowedHosts;
    private final boolean loopbackOnly;

    /**
     * What is taken.
     *
     * @param allowed origins of others' pages that may write, as {@code https://funnel.example}; their hosts may stand in {@code Host}
     * @param bindAddress where the server listens; empty for everywhere
     */
    Origins(List<String> allowed, String bindAddress) {
        this.allowed = allowed.stream().map(Origins::lowered).collect(Collectors.toUnmodifiableSet());
        this.allowedHosts = this.allowed.stream().map(Origins::hostOf).collect(Collectors.toUnmodifiableSet());
        this.loopbackOnly = isLoopback(bindAddress);
    }

    /** Whether somebody else's page has it sent, and it may change something. */
    boolean isForeign(String method, @Nullable String fetchSite, @Nullable String origin, @Nullable String host) {
        if (SAFE.contains(method) || (origin != null && allowed.contains(lowered(origin)))) {
            return false;
        }
        return (fetchSite != null && !OWN.contains(fetchSite)) || (origin != null && !isAt(origin, host));
    }

    /** Whether a server that only this machine reaches is asked under another's name: a name that leads here for an attack. */
    boolean isForeignHost(@Nullable String host) {
        if (!loopbackOnly || host == null) {
            return false;
        }
        String name = withoutPort(lowered(host));
        return !LOOPBACK.matcher(name).matches() && !allowedHosts.contains(name);
    }

    /** The port of a scheme's own is left out, by browsers, and by proxies that speak TLS for us. */
    private static boolean isAt(String origin, @Nullable String host) {
        Matcher parts = ORIGIN.matcher(lowered(origin));
        if (host == null || !parts.matches()) {
            return false;
        }
        String defaultPort = parts.group(1).equals("https") ? ":443" : ":80";
        return withPort(parts.group(2), defaultPort).equals(withPort(lowered(host), defaultPort));
    }

    private static String withPort(String authority, String defaultPort) {
        return WITH_PORT.matcher(authority).matches() ? authority : authority + defaultPort;
    }

    private static String withoutPort(String authority) {
        Matcher parts = WITH_PORT.matcher(authority);
        return parts.matches() ? parts.group(1) : authority;
    }

    private static String hostOf(String origin) {
        Matcher parts = ORIGIN.matcher(origin);
        return withoutPort(parts.matches() ? parts.group(2) : origin);
    }

    private static String lowered(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }

    private static boolean isLoopback(String bindAddress) {
        try {
            return !bindAddress.isEmpty() && InetAddress.getByName(bindAddress).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
