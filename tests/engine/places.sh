# In: nothing but the environment. Out: where things are (`engines`), one word for an engine name (`resolve`),
# and how this bench speaks on stderr (`say`, `fail`). Sourced by the other files; knows nothing of apt or Docker.

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$bench/../.." && pwd)
engines=$(realpath -m "${CARGO_TARGET_DIR:-$repository/target}")/engines

# dockerd, iptables and ip live in sbin, which an ordinary PATH may lack.
export PATH="$PATH:/usr/sbin:/sbin"

say() { printf '%s\n' "$*" >&2; }
fail() { say "engine: $*"; exit 1; }

# The folder name for an engine name: `default` is the host's own dockerd, or else the release that no longer moves.
resolve() {
  case $1 in
    bookworm | trixie | sid) echo "$1" ;;
    default) if command -v dockerd >/dev/null; then echo path; else echo trixie; fi ;;
    *) fail "unknown engine $1: use bookworm, trixie, sid or default" ;;
  esac
}

# The libraries that the host lacks, unpacked beside the tools.
library_path() {
  local folder path=
  for folder in "$engines"/tools/{usr/,}lib/*-linux-gnu*; do
    if [ -d "$folder" ]; then path+=${path:+:}$folder; fi
  done
  echo "$path"
}
