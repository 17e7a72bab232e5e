package io.strongroom.integration.observability;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.strongroom.cli.Strongroom;
import java.io.ByteArrayOutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The lines that the command's own logging configuration makes. */
class LogFormatTest {
  private static final String EVENT = "event=node_lost node=a reason=\"it said \\\"no\\\"\"";

  private static String logged(String format, String trace) throws Exception {
    LoggerContext context = new LoggerContext();
    LogbackMDCAdapter mdc = new LogbackMDCAdapter();
    context.setMDCAdapter(mdc);
    context.putProperty("STRONGROOM_LOG_FORMAT", format);
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    URL own = Objects.requireNonNull(Strongroom.class.getResource("/logback.xml"));
    configurator.doConfigure(own);
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    OutputStreamAppender<?> appender =
        (OutputStreamAppender<?>) context.getLogger("ROOT").iteratorForAppenders().next();
    appender.setOutputStream(lines);
    if (!trace.isEmpty()) {
      mdc.put("trace", trace);
    }
    context.getLogger("io.strongroom.Test").error(EVENT);
    context.stop();
    return lines.toString(StandardCharsets.UTF_8);
  }

  @Test
  void text_isOneLineOfKeysAndValues() throws Exception {
    assertThat(logged("text", ""))
        .matches("time=\\S+Z level=ERROR logger=Test event=node_lost node=a reason=.*\\R")
        .doesNotContain("trace=");
  }

  @Test
  void text_ofATrace_carriesItsId() throws Exception {
    assertThat(logged("text", "0af7651916cd43dd8448eb211c80319c"))
        .endsWith(" trace=0af7651916cd43dd8448eb211c80319c" + System.lineSeparator());
  }

  @Test
  void json_isOneObjectALine() throws Exception {
    String line = logged("json", "0af7651916cd43dd8448eb211c80319c");
    assertThat(line.trim().lines()).hasSize(1);
    JsonNode object = new ObjectMapper().readTree(line);
    assertThat(object.get("formattedMessage").asText()).isEqualTo(EVENT);
    assertThat(object.get("level").asText()).isEqualTo("ERROR");
    assertThat(object.get("mdc").get("trace").asText())
        .isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(object.has("timestamp")).isTrue();
  }
}
