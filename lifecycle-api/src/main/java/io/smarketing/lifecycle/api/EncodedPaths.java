package io.smarketing.lifecycle.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.boot.tomcat.TomcatConnectorCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/** A lead's id may have any character that can be seen, and stands in paths percent-encoded. */
@Configuration(proxyBeanMethods = false)
class EncodedPaths {

    /** Tomcat would refuse both; Spring decodes them segment by segment, so that no path has more segments than were sent. */
    @Bean
    TomcatConnectorCustomizer encodedSolidus() {
        return connector -> {
            connector.setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
            connector.setEncodedReverseSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
        };
    }

    /** Path parameters are cut off without a word: the answer would be another lead's. */
    @Bean
    OncePerRequestFilter pathParameters() {
        return new OncePerRequestFilter() {

            @Override
            protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                    throws ServletException, IOException {
                if (request.getRequestURI().indexOf(';') < 0) {
                    chain.doFilter(request, response);
                } else {
                    Problems.write(
                            response,
                            HttpStatus.BAD_REQUEST,
                            "semicolon-in-path",
                            "the path has a ';', which begins a path parameter; there are none here",
                            "write it as %3B where it belongs to an id");
                }
            }
        };
    }
}
