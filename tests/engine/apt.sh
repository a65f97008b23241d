# In: a folder for apt's own lists, a Debian suite or the host's own sources, package names. Out: the packages
# unpacked in a folder. Never installs, never touches the system's lists, caches or sources. Sourced.

# own_apt LISTS ARG…: apt-get on lists of our own; LISTS/parts, where it exists, replaces the host's sources.
own_apt() {
  local lists=$1
  shift
  local options=(
    -qq -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any
    -o "Dir::State::lists=$lists/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
    -o "Dir::Log=$lists"
  )
  if [ -d "$lists/parts" ]; then
    options+=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$lists/parts")
  fi
  apt-get "${options[@]}" "$@"
}

# write_debian_source LISTS SUITE: points LISTS at SUITE on the mirror that this Debian host already uses.
write_debian_source() {
  local lists=$1 suite=$2 mirror keyring
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || fail "no Debian mirror for \"main\" among this host's apt sources, so $suite cannot be fetched"
  mkdir -p "$lists/parts"
  {
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n' "$mirror" "$suite"
    for keyring in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
      if [ -e "$keyring" ]; then
        printf 'Signed-By: %s\n' "$keyring"
        break
      fi
    done
  } >"$lists/parts/debian.sources"
}

# apt itself reads both formats of sources; third parties do not use a bare release name with `main`.
debian_mirror() {
  local codename
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
  # shellcheck disable=SC2016 # for apt to fill in
  apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v codename="$codename" '
      ($1 == codename || $1 ~ /^(stable|testing|unstable|sid)$/) && $2 == "main" && !mirror { mirror = $3 }
      END { print mirror }'
}

# missing_packages LISTS [OPTION…] PACKAGE…: those of the packages and their dependencies that the host has not installed.
# A third word in brackets is the installed version of one that apt would only upgrade.
missing_packages() {
  local lists=$1
  shift
  own_apt "$lists" --simulate --no-install-recommends install "$@" |
    awk '$1 == "Inst" && $3 !~ /^\[/ { print $2 }'
}

# unpack_packages LISTS FOLDER PACKAGE…: downloads (three tries) and unpacks; fails without a half-filled FOLDER/debs.
unpack_packages() {
  local lists=$1 folder=$2 package
  shift 2
  mkdir -p "$folder/debs"
  try_three_times download_packages "$lists" "$folder/debs" "$@" || fail "cannot download: $*"
  for package in "$folder"/debs/*.deb; do
    dpkg -x "$package" "$folder"
  done
  rm -r "$folder/debs"
}

download_packages() (
  cd "$2" && own_apt "$1" download "${@:3}"
)

update_lists() {
  mkdir -p "$1/lists/partial"
  # A source that has nothing to do with us may be broken; a package that is then missing says so itself.
  try_three_times own_apt "$1" update || say "engine: apt-get update failed; going on with what it got"
}

try_three_times() {
  local attempt
  for attempt in 1 2 3; do
    if "$@"; then return 0; fi
    say "engine: try $attempt of 3 failed: $1"
    sleep "$attempt"
  done
  return 1
}
