#!/usr/bin/env bash
# Builds the container image of a node from a built checkout, without any image registry: Debian by
# debootstrap, a Java runtime by jlink, the command's jars. Prints the image's name on standard
# output, strongroom-node:<hash of what is in it>; says what it does on standard error.
#
#   build.sh [--fresh]     --fresh makes the Debian base anew instead of taking the cached one
#   STRONGROOM_BASE_IMAGE  an image to build on instead: Debian 12 or like it, with libsofthsm2
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=scripts/setup.sh
. "$here/../../scripts/setup.sh"
# shellcheck source=scripts/app.sh
. "$ROOT/scripts/app.sh"

SUITE=bookworm
MODULES=java.base,java.compiler,java.logging,java.management,java.naming,java.security.jgss,java.sql,java.sql.rowset
MODULES+=,java.xml,jdk.crypto.cryptoki,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs
context="$ROOT/softhsm-config/target/image"
docker() { DOCKER_BUILDKIT=0 command docker "$@"; }

# The mirror that this machine's own apt reads; debootstrap's default where there is none.
mirror() {
  has_apt || return 0
  # shellcheck disable=SC2016 # the names are apt's
  apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
    awk '$2 == "main" && $1 !~ /security/ && !seen {print $1; seen = 1}'
}

make_rootfs() {
  local work
  is_root || die "making the image's base needs root (debootstrap); set STRONGROOM_BASE_IMAGE to an image to build on"
  need_program debootstrap debootstrap
  say "making a Debian $SUITE base with debootstrap (about a minute, once)"
  work=$(mktemp -d "$CACHE/rootfs.XXXXXX")
  # shellcheck disable=SC2046 # no mirror is no argument
  debootstrap --variant=minbase --include=libsofthsm2 "$SUITE" "$work/root" $(mirror) >"$work/log" 2>&1 || {
    tail -n 5 "$work/log" >&2
    rm -rf --one-file-system "$work"
    die "debootstrap failed"
  }
  rm -rf "$work"/root/var/cache/apt/* "$work"/root/var/lib/apt/lists/* "$work"/root/usr/share/doc/* \
    "$work"/root/usr/share/man/* "$work"/root/usr/share/locale/*
  tar -C "$work/root" --numeric-owner -czf "$work/rootfs.tar.gz" .
  mv "$work/rootfs.tar.gz" "$1"
  rm -rf --one-file-system "$work"
}

# Prints the base image's name, which is made if the engine does not have it.
base_image() {
  local rootfs name
  if [ -n "${STRONGROOM_BASE_IMAGE:-}" ]; then
    printf '%s\n' "$STRONGROOM_BASE_IMAGE"
    return 0
  fi
  mkdir -p "$CACHE"
  rootfs="$CACHE/$SUITE-$(uname -m).tar.gz"
  [ "${1:-}" != --fresh ] || rm -f "$rootfs"
  [ -f "$rootfs" ] || make_rootfs "$rootfs"
  name="strongroom-base:$(sha256sum "$rootfs" | cut -c 1-12)"
  docker image inspect "$name" >/dev/null 2>&1 || docker import "$rootfs" "$name" >/dev/null
  printf '%s\n' "$name"
}

make_jre() {
  local made="$context/jre.from" from
  from="$("$JAVA_HOME/bin/java" -version 2>&1) $MODULES"
  [ -d "$context/jre" ] && [ "$(cat "$made" 2>/dev/null)" = "$from" ] && return 0
  say "linking a Java runtime (jlink)"
  rm -rf "$context/jre"
  "$JAVA_HOME/bin/jlink" --add-modules "$MODULES" --strip-java-debug-attributes --no-header-files --no-man-pages \
    --compress zip-6 --generate-cds-archive --output "$context/jre" >&2
  printf '%s' "$from" >"$made"
}

# The modules above are the command's own and its libraries'; a new library may need another.
check_jre() {
  "$context/jre/bin/java" "@$context/app/jvm.options" --module-path "$context/app/lib" --dry-run \
    -m io.strongroom.cli/io.strongroom.cli.Strongroom >&2 ||
    die "the Java runtime of the image lacks a module; add it to MODULES in softhsm-config/image/build.sh"
}

have docker || die "docker is missing: install docker.io"
docker version >/dev/null 2>&1 || die "no Docker engine answers (DOCKER_HOST=${DOCKER_HOST:-not set})"
find_jdk || die "no JDK $NEEDED_JDK or newer was found; set JAVA_HOME to one"
mkdir -p "$context"
rm -rf "$context/app"
copy_app "$context/app"
cp "$here/Dockerfile" "$context/"
make_jre
check_jre
base=$(base_image "$@")
hash=$( (cd "$context" && find app Dockerfile -type f -print0 | sort -z | xargs -0 sha256sum; cat jre.from; echo "$base") |
  sha256sum | cut -c 1-12)
image="strongroom-node:$hash"
if ! docker image inspect "$image" >/dev/null 2>&1; then
  say "building $image"
  printf 'jre.from\n' >"$context/.dockerignore"
  docker build --network none --build-arg "BASE=$base" -t "$image" -t strongroom-node:latest "$context" >"$context/build.log" 2>&1 || {
    tail -n 20 "$context/build.log" >&2
    die "docker build failed; its log is $context/build.log"
  }
fi
printf '%s\n' "$image"
