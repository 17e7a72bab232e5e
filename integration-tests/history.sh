#!/usr/bin/env bash
# The history checker for as long as you like: integration-tests/history.sh [10m] [seed]
# Clients work on three nodes while nodes, tokens and networks fail; afterwards what the clients were
# told is compared with what every node has. Prints the seed and counts; fails if a promise was broken.
set -euo pipefail
# shellcheck source=scripts/setup.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../scripts/setup.sh"

prepare
need_program pkcs11-tool opensc
arguments=("-Dstrongroom.history=${1:-10m}")
[ $# -lt 2 ] || arguments+=("-Dstrongroom.history.seed=$2")
cd "$ROOT"
mvn -B -ntp -q -pl integration-tests -am test -Djacoco.skip -Dspotless.check.skip \
  -Dtest=HistoryTest -Dsurefire.failIfNoSpecifiedTests=false "${arguments[@]}" </dev/null
