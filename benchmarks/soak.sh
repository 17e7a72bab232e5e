#!/usr/bin/env bash
# Does 1,000,000 operations (or as many as given) on 32 threads and looks whether sessions, objects,
# heap or native memory grow: some minutes, which end in results/soak.json. Exit code 1 if they do.
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
exec "$JAVA_HOME/bin/java" -Xmx512m -XX:NativeMemoryTracking=summary \
  --enable-native-access=ALL-UNNAMED -cp "${jars[0]}:$here/target/lib/*" \
  io.strongroom.benchmarks.Soak "$here" "$@"
