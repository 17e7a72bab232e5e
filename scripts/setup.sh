# shellcheck shell=bash
# Shared set-up of ./quickstart.sh, ./test.sh, ./strongroom and .ci/run; sourced, never run.
# Finds what is there, installs from the system's packages what is missing, and says what it does
# on standard error. Leaves JAVA_HOME and, if SoftHSM2 had to be unpacked, STRONGROOM_SOFTHSM2_LIB.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
CACHE="${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/strongroom"
NEEDED_JDK=25
NEEDED_MAVEN=3.8.7

say() { printf '%s\n' "==> $*" >&2; }
die() { printf '%s\n' "error: $*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" -eq 0 ]; }
has_apt() { have apt-get && have dpkg-query; }

# version_at_least GOT WANTED
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# --- Debian packages -------------------------------------------------------------------------

APT_UPDATED=

apt_quiet() {
  mkdir -p "$ROOT/target"
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "$@" \
    </dev/null >>"$ROOT/target/apt.log" 2>&1
}

apt_update_once() {
  [ -z "$APT_UPDATED" ] || return 0
  say "reading the package lists (apt-get update)"
  apt_quiet update || say "apt-get update failed (see target/apt.log); going on with the lists that are there"
  APT_UPDATED=yes
}

# Whether apt offers a package; the lists are read anew if they do not know it.
apt_offers() {
  apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]' && return 0
  is_root || return 1
  apt_update_once
  apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'
}

# apt_install PACKAGE...: as root, those that are missing.
apt_install() {
  local package missing=()
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  apt_update_once
  say "installing ${missing[*]}"
  apt_quiet install --no-install-recommends "${missing[@]}" || {
    tail -n 5 "$ROOT/target/apt.log" >&2
    die "apt-get could not install ${missing[*]}; the log is $ROOT/target/apt.log"
  }
}

# --- JDK ---------------------------------------------------------------------------------------

# The major version of a JDK folder, from its release file, else from the program itself.
jdk_major() {
  local version=
  [ -x "$1/bin/java" ] || return 1
  [ -r "$1/release" ] && version=$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$1/release")
  [ -n "$version" ] || version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
  version=${version%%[!0-9]*}
  [ -n "$version" ] && printf '%s\n' "$version"
}

jdk_candidates() {
  local java
  printf '%s\n' "${JAVA_HOME:-}"
  if java=$(command -v javac || command -v java); then
    dirname "$(dirname "$(readlink -f "$java")")"
  fi
  printf '%s\n' /usr/lib/jvm/* /opt/* /opt/java/* "${HOME:-/root}"/.sdkman/candidates/java/* \
    "${HOME:-/root}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home
}

# Sets and exports JAVA_HOME; fails if there is no JDK of NEEDED_JDK or newer.
find_jdk() {
  local home major
  while IFS= read -r home; do
    [ -x "${home:-/none}/bin/javac" ] || continue
    major=$(jdk_major "$home") || continue
    [ "$major" -ge "$NEEDED_JDK" ] || continue
    "$home/bin/java" -version >/dev/null 2>&1 || continue
    export JAVA_HOME="$home"
    return 0
  done < <(jdk_candidates)
  return 1
}

need_jdk() {
  local package
  if ! find_jdk && has_apt && is_root; then
    for package in "openjdk-$NEEDED_JDK-jdk-headless" "temurin-$NEEDED_JDK-jdk"; do
      if apt_offers "$package"; then
        apt_install "$package"
        break
      fi
    done
  fi
  find_jdk || die "no JDK $NEEDED_JDK or newer was found (looked at JAVA_HOME, PATH, /usr/lib/jvm, /opt and" \
    "the home folder's .sdkman and .jdks). Install one, or set JAVA_HOME to where it is."
  say "JDK $(jdk_major "$JAVA_HOME"): $JAVA_HOME"
}

# --- Maven, SoftHSM2, OpenSSL --------------------------------------------------------------------

maven_version() { (cd / && mvn -v 2>/dev/null) | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p' | head -n 1; }

need_maven() {
  local version
  if ! have mvn && has_apt && is_root; then
    apt_install maven
  fi
  have mvn || die "Maven is missing: install Maven $NEEDED_MAVEN or newer (apt-get install maven)"
  version=$(maven_version)
  [ -n "$version" ] || die "mvn -v does not work with JAVA_HOME=$JAVA_HOME"
  version_at_least "$version" "$NEEDED_MAVEN" ||
    die "Maven $version is too old: Strongroom needs $NEEDED_MAVEN or newer"
  # What Maven's own libraries do is no warning of ours; older JDKs do not know the flag.
  export MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow"
  say "Maven $version"
}

softhsm2_installed() {
  local library
  for library in "${STRONGROOM_SOFTHSM2_LIB:-}" /usr/lib/softhsm/libsofthsm2.so \
    /usr/lib/*/softhsm/libsofthsm2.so /usr/lib64/pkcs11/libsofthsm2.so /usr/lib64/softhsm/libsofthsm2.so \
    /usr/lib64/libsofthsm2.so /usr/lib/pkcs11/libsofthsm2.so /usr/local/lib/softhsm/libsofthsm2.so \
    /opt/homebrew/lib/softhsm/libsofthsm2.so; do
    [ -n "$library" ] && [ -f "$library" ] && printf '%s\n' "$library" && return 0
  done
  return 1
}

# Unpacks Debian's package into the cache folder: no root, nothing installed.
unpack_softhsm2() {
  local target="$CACHE/softhsm2" work
  [ -f "$target/usr/lib/softhsm/libsofthsm2.so" ] && return 0
  say "unpacking SoftHSM2 to $target (not root, so it is not installed)"
  mkdir -p "$CACHE"
  work=$(mktemp -d "$CACHE/unpack.XXXXXX")
  if (cd "$work" && apt-get -q download libsofthsm2 </dev/null && dpkg -x libsofthsm2_*.deb root) >"$work/log" 2>&1 &&
    [ -f "$work/root/usr/lib/softhsm/libsofthsm2.so" ]; then
    rm -rf "$target" && mv "$work/root" "$target" && rm -rf "$work"
  else
    cat "$work/log" >&2
    rm -rf "$work"
    return 1
  fi
}

need_softhsm2() {
  local library
  if ! softhsm2_installed >/dev/null && has_apt; then
    if is_root; then
      apt_install softhsm2
    else
      unpack_softhsm2 || die "SoftHSM2 is missing and could not be unpacked; have it installed: apt-get install softhsm2"
      export STRONGROOM_SOFTHSM2_LIB="$CACHE/softhsm2/usr/lib/softhsm/libsofthsm2.so"
    fi
  fi
  library=$(softhsm2_installed) || die "SoftHSM2 is missing: install the package softhsm2, or set STRONGROOM_SOFTHSM2_LIB"
  say "SoftHSM2: $library"
}

nss_installed() {
  local library
  for library in "${STRONGROOM_NSS_LIB:-}" /usr/lib/*/libsoftokn3.so /usr/lib/*/nss/libsoftokn3.so \
    /usr/lib64/libsoftokn3.so /usr/lib/libsoftokn3.so /opt/homebrew/lib/libsoftokn3.dylib; do
    [ -n "$library" ] && [ -f "$library" ] && printf '%s\n' "$library" && return 0
  done
  return 1
}

# Unpacks Debian's package of NSS, and what it stands on, into the cache folder: no root.
unpack_nss() {
  local target="$CACHE/nss" work
  compgen -G "$target/usr/lib/*/libsoftokn3.so" >/dev/null && return 0
  say "unpacking NSS to $target (not root, so it is not installed)"
  mkdir -p "$CACHE"
  work=$(mktemp -d "$CACHE/unpack.XXXXXX")
  if (cd "$work" && apt-get -q download libnss3 libnspr4 libsqlite3-0 </dev/null &&
    for package in ./*.deb; do dpkg -x "$package" root || exit 1; done) >"$work/log" 2>&1; then
    rm -rf "$target" && mv "$work/root" "$target" && rm -rf "$work"
  else
    cat "$work/log" >&2
    rm -rf "$work"
    return 1
  fi
}

# The second PKCS#11 implementation that tests run on.
need_nss() {
  local library
  if ! nss_installed >/dev/null && has_apt; then
    if is_root; then
      apt_install libnss3
    else
      unpack_nss || die "NSS is missing and could not be unpacked; have it installed: apt-get install libnss3"
      STRONGROOM_NSS_LIB=$(compgen -G "$CACHE/nss/usr/lib/*/libsoftokn3.so")
      export STRONGROOM_NSS_LIB
      export LD_LIBRARY_PATH="${STRONGROOM_NSS_LIB%/*}${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
    fi
  fi
  library=$(nss_installed) || die "NSS is missing: install the package libnss3, or set STRONGROOM_NSS_LIB"
  say "NSS: $library"
}

postgresql_installed() {
  local initdb
  for initdb in "${STRONGROOM_POSTGRES_BIN:-}"/initdb /usr/lib/postgresql/*/bin/initdb; do
    [ -x "$initdb" ] && dirname "$initdb" && return 0
  done
  return 1
}

# The server that the tests of the PostgreSQL store start for themselves. Debian's package would make
# and start one of its own besides, which nobody needs.
need_postgresql() {
  local bin config=/etc/postgresql-common/createcluster.conf
  if ! postgresql_installed >/dev/null && has_apt && is_root; then
    apt_install postgresql-common
    [ ! -f "$config" ] || sed -i 's/^#* *create_main_cluster *=.*/create_main_cluster = false/' "$config"
    apt_install postgresql
    [ ! -f "$config" ] || sed -i 's/^create_main_cluster *=.*/#create_main_cluster = true/' "$config"
  fi
  bin=$(postgresql_installed) || die "PostgreSQL is missing: install the package postgresql, or set STRONGROOM_POSTGRES_BIN"
  say "PostgreSQL: $bin"
}

# need_program PROGRAM PACKAGE
need_program() {
  if ! have "$1" && has_apt && is_root; then
    apt_install "$2"
  fi
  have "$1" || die "$1 is missing: install the package $2"
}

# What the benchmarks' C program is compiled with.
need_compiler() {
  if has_apt && is_root && ! { have gcc && [ -e /usr/include/stdlib.h ]; }; then
    apt_install gcc libc6-dev
  fi
  have gcc || die "gcc is missing: install the packages gcc and libc6-dev"
}

# Everything that building, testing and the demo need.
prepare() {
  need_jdk
  need_maven
  need_softhsm2
  need_program openssl openssl
}
