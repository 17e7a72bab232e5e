# shellcheck shell=bash
# copy_app DIR: the strongroom command and its libraries, from a build of this checkout.

copy_app() {
  local jars=("$ROOT"/cli/target/cli-*.jar)
  if [ ! -f "${jars[0]}" ] || [ ! -d "$ROOT/cli/target/lib" ]; then
    die "strongroom is not built yet: run ./quickstart.sh, or mvn package"
  fi
  mkdir -p "$1/bin" "$1/lib"
  cp "$ROOT"/cli/target/lib/*.jar "${jars[0]}" "$1/lib/"
  cp "$ROOT/scripts/jvm.options" "$1/"
  install -m 755 "$ROOT/softhsm-config/image/strongroom" "$1/bin/strongroom"
}
