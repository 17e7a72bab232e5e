#!/usr/bin/env bash
# Measures Strongroom beside a raw C loop and the peers, in one run: about twelve minutes, which end
# in results/latest.json and the table in README.md; with --quick about two, which change nothing.
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
exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -cp "${jars[0]}:$here/target/lib/*" \
  io.strongroom.benchmarks.Benchmarks "$here" "$@"
