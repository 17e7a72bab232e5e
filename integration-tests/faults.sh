#!/usr/bin/env bash
# Breaks a cluster of three node processes in every way that the fault tests know, longer and under
# more load than a test run does, and writes the table into docs/faults.md: about ten minutes. Fails
# if an operation failed. Arguments go to Maven, such as -Dstrongroom.faults.rate=1000.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=../scripts/setup.sh
. "$here/../scripts/setup.sh"

prepare
need_compiler
say "running the fault tests"
status=0
(cd "$ROOT" && mvn -B -ntp -q -pl integration-tests -am test \
  -Dtest='io/strongroom/integration/faults/*FaultsTest' -Dsurefire.failIfNoSpecifiedTests=false \
  -Djacoco.skip=true -Dcyclonedx.skip=true -Dspotless.check.skip=true \
  -Dstrongroom.faults.part-millis=5000 -Dstrongroom.faults.rate=500 \
  -Dstrongroom.faults.deadline-seconds=5 "$@") </dev/null >&2 || status=$?
[ "$status" -eq 0 ] || say "a fault test failed; docs/faults.md stays as it is"
cat "$here/target/faults.md"
[ "$status" -eq 0 ] || exit "$status"

page="$ROOT/docs/faults.md"
awk -v table="$here/target/faults.md" '
  /<!-- end of the table -->/ { inside = 0 }
  !inside { print }
  /<!-- table -->/ { inside = 1; while ((getline line < table) > 0) print line }
' "$page" >"$page.new"
mv "$page.new" "$page"
say "written to docs/faults.md"
