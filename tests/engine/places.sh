# In: nothing but the environment. Out: where things are (`engines`, `tool`), the folder for an engine's name
# (`resolve`), and how this bench speaks on stderr (`say`, `fail`). Sourced; knows nothing of apt or of Docker.

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$bench/../.." && pwd)
engines=$(realpath -m "${CARGO_TARGET_DIR:-$repository/target}")/engines
tools=$engines/tools

# dockerd, iptables and ip live in sbin, which an ordinary PATH may lack.
export PATH="$PATH:/usr/sbin:/sbin"
tools_path=$tools/usr/sbin:$tools/usr/bin:$tools/sbin:$tools/bin:$PATH

say() { printf '%s\n' "$*" >&2; }
fail() { say "engine: $*"; exit 1; }

# resolve NAME: `default` is the host's own dockerd (`path`), or else the newest release that no longer moves.
resolve() {
  case $1 in
    bookworm | trixie | sid | podman) echo "$1" ;;
    podman-rootless) echo podman ;;
    default) if command -v dockerd >/dev/null; then echo path; else echo trixie; fi ;;
    *) fail "unknown engine $1: use bookworm, trixie, sid, podman, podman-rootless or default" ;;
  esac
}

# tool NAME: the path of a program that `fetch` unpacked, or of the host's where it had one.
tool() { PATH=$tools_path command -v "$1" || fail "$1 is neither on this host nor in $tools"; }

# library_path ENGINE: the libraries that the host lacks, unpacked beside the tools and the engine.
library_path() {
  local folder path=
  for folder in {"$engines/$1","$tools"}/{usr/,}lib/*-linux-gnu*; do
    if [ -d "$folder" ]; then path+=${path:+:}$folder; fi
  done
  echo "$path"
}
