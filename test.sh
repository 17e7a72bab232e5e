#!/usr/bin/env bash
# Sets up what is missing and runs every test and check: mvn verify. Arguments go to Maven. Ends with
# a summary by module; fails if a test failed or was skipped without being allowed to.
set -euo pipefail
# shellcheck source=scripts/setup.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/scripts/setup.sh"
# shellcheck source=scripts/summary.sh
. "$ROOT/scripts/summary.sh"

prepare
need_compiler
need_nss
need_postgresql
need_program pkcs11-tool opensc
need_program python3 python3
need_program systemd-analyze systemd
mkdir -p "$ROOT/target"
stamp=$(mktemp "$ROOT/target/test-run.XXXXXX")
trap 'rm -f "$stamp"' EXIT

status=0
(cd "$ROOT" && mvn -B -ntp -fae verify "$@" </dev/null) || status=$?
[ "$status" -eq 0 ] || say "mvn verify failed with exit code $status"
summarise "$stamp" || status=1
exit "$status"
