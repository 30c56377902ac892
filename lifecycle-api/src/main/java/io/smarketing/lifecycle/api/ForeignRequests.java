package io.smarketing.lifecycle.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Keeps other people's web pages from writing to an engine that the browser reaches and they do not. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class ForeignRequests extends OncePerRequestFilter {

    private static final String ALLOW =
            "name it in lifecycle.http.allowed-origins, as https://funnel.example, if it is yours";

    private final Origins origins;

    ForeignRequests(
            @Value("${lifecycle.http.allowed-origins:}") List<String> allowed,
            @Value("${server.address:}") String bindAddress) {
        this.origins = new Origins(allowed, bindAddress);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String host = request.getHeader(HttpHeaders.HOST);
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origins.isForeignHost(host)) {
            refuse(
                    response,
                    "foreign-host",
                    "the engine listens on this machine only, and is not called '%s'".formatted(host));
        } else if (origins.isForeign(request.getMethod(), request.getHeader("Sec-Fetch-Site"), origin, host)) {
            refuse(
                    response,
                    "foreign-origin",
                    "a page of another origin (%s) may not write here"
                            .formatted(origin == null ? "not named" : origin));
        } else {
            chain.doFilter(request, response);
        }
    }

    private static void refuse(HttpServletResponse response, String code, String detail) throws IOException {
        Problems.write(response, HttpStatus.FORBIDDEN, code, detail, ALLOW);
    }
}
