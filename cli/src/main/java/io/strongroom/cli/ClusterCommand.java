package io.strongroom.cli;

import picocli.CommandLine.Command;

/** {@code strongroom cluster}: several tokens that act as one. */
@Command(
    name = "cluster",
    description = "Set up and look at a cluster.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ClusterInitCommand.class,
      ClusterStatusCommand.class,
      ClusterSyncCommand.class,
      ClusterJoinCommand.class,
      ClusterLeaveCommand.class,
      ClusterBackupCommand.class,
      ClusterRestoreCommand.class,
      ClusterRevokeCommand.class
    })
final class ClusterCommand extends CommandGroup {}
