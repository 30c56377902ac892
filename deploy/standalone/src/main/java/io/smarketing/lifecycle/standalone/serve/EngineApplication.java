package io.smarketing.lifecycle.standalone.serve;

import io.smarketing.lifecycle.api.ApiConfiguration;
import io.smarketing.lifecycle.projections.ProjectionsConfiguration;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** Write side and read side behind one web server. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ApiConfiguration.class, ProjectionsConfiguration.class})
class EngineApplication {}
