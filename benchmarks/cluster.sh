#!/usr/bin/env bash
# Measures a cluster beside the same token in-process, three slow nodes beside one, and what faults
# cost: about six minutes, which end in results/cluster.json and the tables in README.md; with
# --quick about three, which change no page.
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
exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp "${jars[0]}:$here/target/lib/*" io.strongroom.benchmarks.cluster.ClusterBenchmarks "$here" "$@"
