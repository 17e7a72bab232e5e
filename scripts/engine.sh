# shellcheck shell=bash
# with_engine: makes a Docker engine answer, starting one by hand where there is none, and exports
# what Testcontainers needs. stop_engine ends what was started.

ENGINE_PID=
ENGINE_DIR=

engine_up() { timeout 20 docker version --format '{{.Server.Version}}' 2>/dev/null; }

export_engine() {
  export DOCKER_HOST="${DOCKER_HOST:-unix:///var/run/docker.sock}"
  # No registry is needed: the reaper's image is not pulled, tests close their containers themselves.
  export TESTCONTAINERS_RYUK_DISABLED=true
  # Where the machine itself looks like a container, the engine would be looked for elsewhere.
  export TESTCONTAINERS_HOST_OVERRIDE=localhost
}

with_engine() {
  local version
  if have docker && version=$(engine_up); then
    say "Docker engine $version answers"
    export_engine
    if is_root && has_apt; then
      (apt_install debootstrap) || return 1
    fi
    return 0
  fi
  if ! is_root || ! has_apt; then
    say "no Docker engine answers, and only root on Debian can start one here"
    return 1
  fi
  # In a process of its own: without an engine the other tests still run.
  (apt_install docker.io iptables debootstrap) || return 1
  working_iptables
  if start_engine || start_engine --storage-driver=vfs || start_engine --storage-driver=vfs --iptables=false; then
    export_engine
    return 0
  fi
  say "no Docker engine could be started; container tests will be skipped"
  return 1
}

# Some kernels have only one of the two iptables back ends.
working_iptables() {
  if ! iptables -t nat -L -n >/dev/null 2>&1 && iptables-legacy -t nat -L -n >/dev/null 2>&1; then
    say "using iptables-legacy: the kernel has no nftables"
    update-alternatives --set iptables /usr/sbin/iptables-legacy >/dev/null
  fi
}

# start_engine OPTION...: dockerd with everything in a folder of its own.
start_engine() {
  local version _
  ENGINE_DIR=$(mktemp -d /tmp/strongroom-engine.XXXXXX)
  mkdir -p "$ROOT/target"
  say "starting a Docker engine${*:+ with $*} (log: target/dockerd.log)"
  dockerd --data-root "$ENGINE_DIR/data" --exec-root "$ENGINE_DIR/exec" --pidfile "$ENGINE_DIR/pid" \
    --host "unix://$ENGINE_DIR/docker.sock" "$@" </dev/null >"$ROOT/target/dockerd.log" 2>&1 &
  ENGINE_PID=$!
  export DOCKER_HOST="unix://$ENGINE_DIR/docker.sock"
  for _ in $(seq 60); do
    if version=$(engine_up); then
      say "Docker engine $version started"
      return 0
    fi
    kill -0 "$ENGINE_PID" 2>/dev/null || break
    sleep 1
  done
  say "it did not start: $(grep -E 'level=(fatal|error)|failed to start' "$ROOT/target/dockerd.log" | tail -n 1)"
  stop_engine
  return 1
}

# Ends the engine that start_engine started, by its process id, and removes its folder.
stop_engine() {
  local _
  [ -n "$ENGINE_PID" ] || return 0
  if kill "$ENGINE_PID" 2>/dev/null; then
    for _ in $(seq 60); do
      kill -0 "$ENGINE_PID" 2>/dev/null || break
      sleep 0.5
    done
    kill -KILL "$ENGINE_PID" 2>/dev/null || true
  fi
  wait "$ENGINE_PID" 2>/dev/null || true
  unset DOCKER_HOST
  ENGINE_PID=
  awk -v dir="$ENGINE_DIR/" 'index($5, dir) == 1 {print $5}' /proc/self/mountinfo | sort -r |
    while IFS= read -r mounted; do umount -l "$mounted" || true; done
  rm -rf "$ENGINE_DIR" || say "could not remove $ENGINE_DIR"
}
