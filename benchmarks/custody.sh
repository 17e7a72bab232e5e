#!/usr/bin/env bash
# Measures custody beside the HSM's own calls, on SQLite and on a PostgreSQL server of its own:
# about eight minutes, which end in results/custody.json and the tables in README.md; with --quick
# about two, which change no page.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=../scripts/setup.sh
. "$here/../scripts/setup.sh"

prepare
need_compiler
need_postgresql
bin=$(postgresql_installed)
say "building"
(cd "$ROOT" && mvn -B -ntp -q -pl benchmarks -am package -Dmaven.test.skip=true -Djacoco.skip=true \
  -Dcyclonedx.skip=true -Dspotless.check.skip=true) </dev/null >&2

# A server refuses to run as root: then it runs as the user that Debian's package has made.
as_server() {
  if is_root; then setpriv --reuid=postgres --regid=postgres --init-groups "$@"; else "$@"; fi
}

folder=$(mktemp -d)
stop_server() {
  [ ! -f "$folder/data/postmaster.pid" ] || as_server "$bin/pg_ctl" stop -s -m immediate -D "$folder/data"
  rm -rf "$folder"
}
trap stop_server EXIT
trap 'exit 143' TERM INT
head -c 24 /dev/urandom | base64 >"$folder/password"
! is_root || chown -R postgres: "$folder"
chmod 755 "$folder"
cd "$folder"
as_server "$bin/initdb" --no-sync --encoding=UTF8 --locale=C --auth=scram-sha-256 --username=custody \
  --pwfile="$folder/password" --pgdata="$folder/data" >"$folder/log"
port=$((20000 + RANDOM % 10000))
as_server "$bin/pg_ctl" start -s -w -D "$folder/data" -l "$folder/data/log" \
  -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories="
store="postgresql://custody@127.0.0.1:$port/postgres?password-file=$folder/password"

jars=("$here"/target/benchmarks-*.jar)
"$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp "${jars[0]}:$here/target/lib/*" io.strongroom.benchmarks.custody.CustodyBenchmarks "$here" "$store" "$@"
