#!/usr/bin/env bash
# Sets up what is missing, builds Strongroom, and runs its main job: ./strongroom demo. Arguments go
# to the demo; its exit code is this script's.
set -euo pipefail
# shellcheck source=scripts/setup.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/scripts/setup.sh"
# shellcheck source=scripts/build.sh
. "$ROOT/scripts/build.sh"

prepare
build
exec "$ROOT/strongroom" demo "$@"
