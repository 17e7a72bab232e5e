# shellcheck shell=bash
# summarise STAMP: what the test reports newer than the file STAMP say, by module, and each skipped
# test with its reason. Fails if a test was skipped that may not be, or if no test ran.

# The reports of one module as lines: "test", "failed", and "skip CLASS#TEST<tab>REASON". Tests are
# counted one by one: a suite's own figures leave out its nested classes.
read_reports() {
  awk '
    function attribute(line, name,   found) {
      if (!match(line, " " name "=\"[^\"]*\"")) return ""
      found = substr(line, RSTART, RLENGTH)
      sub("^[^\"]*\"", "", found); sub("\"$", "", found)
      return found
    }
    /^ *<testcase / { test = attribute($0, "classname") "#" attribute($0, "name"); print "test" }
    /^ *<(failure|error)[ >\/]/ { print "failed" }
    /^ *<skipped/ { print "skip " test "\t" attribute($0, "message") }
  ' "$@"
}

# Whether a class may be skipped, given what this machine has.
may_skip() {
  case "$1" in
    *.ContainerClusterTest) ! engine_answers ;;
    *Wycheproof*) [ ! -d "$ROOT/../shared/wycheproof" ] ;;
    *) false ;;
  esac
}

engine_answers() { have docker && timeout 20 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

summarise() {
  local stamp=$1 module reports lines skips='' total=0 total_failed=0 total_skipped=0 bad=0 test reason
  printf '\n%-24s %8s %8s %8s\n' module tests failed skipped
  for module in "$ROOT"/*/; do
    mapfile -t reports < <(find "$module"target/surefire-reports -name 'TEST-*.xml' -newer "$stamp" 2>/dev/null)
    [ ${#reports[@]} -gt 0 ] || continue
    lines=$(read_reports "${reports[@]}")
    read -r tests failed skipped < <(awk '/^test$/{t++} /^failed$/{f++} /^skip /{s++} END {print t+0, f+0, s+0}' <<<"$lines")
    printf '%-24s %8d %8d %8d\n' "$(basename "$module")" "$tests" "$failed" "$skipped"
    skips+=$(sed -n 's/^skip //p' <<<"$lines")
    [ -z "$skips" ] || skips+=$'\n'
    total=$((total + tests)) total_failed=$((total_failed + failed)) total_skipped=$((total_skipped + skipped))
  done
  printf '%-24s %8d %8d %8d\n\n' all "$total" "$total_failed" "$total_skipped"
  while IFS=$'\t' read -r test reason; do
    [ -n "$test" ] || continue
    if may_skip "${test%%#*}"; then
      printf 'skipped: %s: %s\n' "${test%#}" "$reason"
    else
      printf 'SKIPPED, which it may not be: %s: %s\n' "${test%#}" "$reason"
      bad=1
    fi
  done <<<"$skips"
  [ "$total" -gt 0 ] || { printf 'no test ran\n'; bad=1; }
  printf '%d passed, %d failed, %d skipped\n' "$((total - total_failed - total_skipped))" "$total_failed" "$total_skipped"
  [ "$bad" -eq 0 ] && [ "$total_failed" -eq 0 ]
}
