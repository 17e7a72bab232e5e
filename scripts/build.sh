# shellcheck shell=bash
# build: the command and what it needs, without tests; quiet, with a line of progress now and then.

build() {
  local log="$ROOT/target/build.log" started=$SECONDS maven tick=0
  mkdir -p "$ROOT/target"
  say "building (the first time, Maven fetches its dependencies: some minutes); log: $log"
  (cd "$ROOT" && exec mvn -B -ntp -pl cli -am package -Dmaven.test.skip=true -Djacoco.skip=true -Dcyclonedx.skip=true) \
    </dev/null >"$log" 2>&1 &
  maven=$!
  trap 'kill "$maven" 2>/dev/null || true' EXIT
  while kill -0 "$maven" 2>/dev/null; do
    sleep 1
    tick=$((tick + 1))
    [ $((tick % 20)) -ne 0 ] ||
      say "building: $((SECONDS - started)) s, $(sed -n 's/^\[INFO\] Building \(.*\)/\1/p' "$log" | tail -n 1)"
  done
  trap - EXIT
  if ! wait "$maven"; then
    grep -E '^\[ERROR\]' "$log" | head -n 20 >&2 || tail -n 20 "$log" >&2
    die "the build failed; its log is $log"
  fi
  say "built in $((SECONDS - started)) s"
}
