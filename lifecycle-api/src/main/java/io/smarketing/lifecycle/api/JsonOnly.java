package io.smarketing.lifecycle.api;

import java.util.List;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Objects are read and written as JSON. Spring would take every other form for which there is a library on the class path, and write what
 * Jackson's nodes are made of.
 */
@Configuration(proxyBeanMethods = false)
class JsonOnly implements WebMvcConfigurer {

    private static final List<String> OTHERS = List.of("yaml", "xml", "cbor", "smile");

    @Override
    public void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
        builder.withStringConverter(new StrictText());
        builder.configureMessageConvertersList(converters -> converters.removeIf(JsonOnly::isOther));
    }

    private static boolean isOther(HttpMessageConverter<?> converter) {
        return converter.getSupportedMediaTypes().stream()
                .filter(MediaType::isConcrete)
                .map(MediaType::getSubtype)
                .anyMatch(subtype -> OTHERS.stream().anyMatch(subtype::contains));
    }
}
