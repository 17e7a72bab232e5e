#!/usr/bin/env bash
# Fills a token to 1,000 keys and looks some of them up on the way: about two minutes, which end in
# results/lookups.json and a table in README.md.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=../scripts/setup.sh
. "$here/../scripts/setup.sh"

prepare
need_compiler
say "building"
(cd "$ROOT" && mvn -B -ntp -q -pl benchmarks -am package -Dmaven.test.skip=true -Djacoco.skip=true \
  -Dcyclonedx.skip=true -Dspotless.check.skip=true) </dev/null >&2
jars=("$here"/target/benchmarks-*.jar)
exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED \
  -cp "${jars[0]}:$here/target/lib/*" \
  io.strongroom.benchmarks.Lookups "$here" "$@"
