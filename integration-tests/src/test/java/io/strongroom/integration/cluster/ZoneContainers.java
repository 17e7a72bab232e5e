package io.strongroom.integration.cluster;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.Volume;
import io.strongroom.cli.local.NodePlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * The nodes of a local cluster as containers. Each zone has a Docker network of its own, which also
 * publishes the node's port at the address that {@code cluster.yaml} names; a second network,
 * between the zones, is where nodes reach their peers. Node folders are mounted at their own paths,
 * and a node runs as its folder's owner.
 */
final class ZoneContainers implements AutoCloseable {
  private static final int PORT = 7512;
  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private final String image;
  private final DockerClient docker = DockerClientFactory.instance().client();
  private final Network betweenZones = Network.newNetwork();
  private final Map<String, Network> zones = new LinkedHashMap<>();
  private final Map<String, GenericContainer<?>> containers = new LinkedHashMap<>();

  ZoneContainers(String image) {
    this.image = image;
  }

  /** Starts a node's container and waits until the node says that it serves. */
  void start(NodePlace node, List<NodePlace> all) throws IOException {
    String folder = node.folder().toString();
    int hostPort = port(node);
    String owner =
        Files.getAttribute(node.folder(), "unix:uid")
            + ":"
            + Files.getAttribute(node.folder(), "unix:gid");
    listenInContainer(node, all);
    Network zone = zones.computeIfAbsent(node.zone(), _ -> Network.newNetwork());
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse(image))
            .withImagePullPolicy(_ -> false)
            .withNetwork(zone)
            .withExposedPorts(PORT)
            .withCommand("node", "serve", "--dir", folder)
            .withCreateContainerCmdModifier(
                command -> configure(command.withUser(owner), folder, hostPort))
            .waitingFor(
                Wait.forLogMessage(".*ready " + node.name() + " .*", 1)
                    .withStartupTimeout(START_LIMIT));
    containers.put(node.name(), container);
    container.start();
    connect(node);
  }

  /** Puts a node into the network between the zones. */
  void connect(NodePlace node) {
    docker
        .connectToNetworkCmd()
        .withContainerId(id(node.name()))
        .withNetworkId(betweenZones.getId())
        .withContainerNetwork(new ContainerNetwork().withAliases(peerName(node)))
        .exec();
  }

  /** Takes a node out of the network between the zones: clients reach it, its peers do not. */
  void disconnect(String node) {
    docker
        .disconnectFromNetworkCmd()
        .withContainerId(id(node))
        .withNetworkId(betweenZones.getId())
        .exec();
  }

  /** {@code docker kill}: SIGKILL for all of the container. */
  void kill(String node) {
    docker.killContainerCmd(id(node)).exec();
  }

  /** {@code docker start} of a container that was killed. */
  void restart(String node) {
    docker.startContainerCmd(id(node)).exec();
  }

  /** {@code docker pause}: connections stay open, nothing answers. */
  void pause(String node) {
    docker.pauseContainerCmd(id(node)).exec();
  }

  /** {@code docker unpause}. */
  void resume(String node) {
    docker.unpauseContainerCmd(id(node)).exec();
  }

  /** What all nodes have written, for a failure's message. */
  String logs() {
    StringBuilder logs = new StringBuilder();
    containers.forEach((name, container) ->
        logs.append("--- node ").append(name).append('\n').append(container.getLogs()));
    return logs.toString();
  }

  @Override
  public void close() {
    containers.values().forEach(GenericContainer::close);
    zones.values().forEach(Network::close);
    betweenZones.close();
  }

  private String id(String node) {
    return Objects.requireNonNull(containers.get(node), node).getContainerId();
  }

  // Not with Testcontainers' own methods: its bind mounts are tried on an image from a registry
  // first, and its ports change with each restart.
  private static void configure(CreateContainerCmd command, String folder, int hostPort) {
    Objects.requireNonNull(command.getHostConfig())
        .withBinds(new Bind(folder, new Volume(folder)))
        // As the Kubernetes manifests run it.
        .withReadonlyRootfs(true)
        .withTmpFs(Map.of("/tmp", "rw,size=64m"))
        .withCapDrop(Capability.ALL)
        .withSecurityOpts(List.of("no-new-privileges"))
        .withPortBindings(
            new PortBinding(
                Ports.Binding.bindIpAndPort("127.0.0.1", hostPort), ExposedPort.tcp(PORT)));
  }

  /** Inside a container a node listens on all interfaces and finds its peers by their names. */
  private static void listenInContainer(NodePlace node, List<NodePlace> all) throws IOException {
    Path file = node.folder().resolve("node.yaml");
    String yaml = Files.readString(file).replace(node.address(), "0.0.0.0:" + PORT);
    for (NodePlace peer : all) {
      yaml = yaml.replace(peer.address(), peerName(peer) + ":" + PORT);
    }
    Files.writeString(
        file,
        yaml.replaceFirst("module-path=[^&\"]*", "module-path=/usr/lib/softhsm/libsofthsm2.so"));
  }

  private static String peerName(NodePlace node) {
    return "node-" + node.name();
  }

  private static int port(NodePlace node) {
    return Integer.parseInt(node.address().substring(node.address().lastIndexOf(':') + 1));
  }
}
