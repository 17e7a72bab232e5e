#!/usr/bin/env bash
# Packs the strongroom command, its libraries, the systemd unit and the Kubernetes manifests of a built
# checkout into an archive to unpack under /opt; prints the archive's name. Packed twice from the same
# build, it is the same byte for byte.
#
#   dist.sh [FOLDER]     where to put it (default: target/)
set -euo pipefail
# shellcheck source=scripts/setup.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../scripts/setup.sh"
# shellcheck source=scripts/app.sh
. "$ROOT/scripts/app.sh"

out=$(mkdir -p "${1:-$ROOT/target}" && cd "${1:-$ROOT/target}" && pwd -P)
work=$(mktemp -d "$out/dist.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
copy_app "$work/strongroom"
cp -R "$ROOT/deploy/systemd" "$ROOT/deploy/kubernetes" "$ROOT/LICENSE" "$work/strongroom/"
archive="$out/strongroom.tar.gz"
tar -C "$work" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u+rw,go=rX -cf - strongroom |
  gzip -n >"$work/archive"
mv "$work/archive" "$archive"
printf '%s\n' "$archive"
