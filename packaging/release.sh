# Facts of a release that every script beside this one needs. Sourced; it goes to the root of the repository.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
dist=$PWD/dist
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
# The time of everything in an archive: that of the commit. A tree without git has none. A tree of another user, as that
# of a job in a container is, is no reason to refuse.
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
  SOURCE_DATE_EPOCH=315532800
  [ ! -e .git ] || SOURCE_DATE_EPOCH=$(git -c safe.directory="$PWD" log -1 --format=%ct)
fi
export SOURCE_DATE_EPOCH

# All targets of a release, those first that others are tried with.
targets=(
  x86_64-unknown-linux-musl
  x86_64-unknown-linux-gnu
  aarch64-unknown-linux-musl
  x86_64-pc-windows-gnu
  aarch64-apple-darwin
  x86_64-apple-darwin
)

fail() { echo "error: $*" >&2; exit 1; }

# program TARGET: the path of its binary in dist/bin.
program() {
  case $1 in
    *-windows-*) echo "$dist/bin/$1/dockwright.exe" ;;
    *) echo "$dist/bin/$1/dockwright" ;;
  esac
}

# built_targets: those of `targets` that have a binary in dist/bin.
built_targets() {
  local target
  for target in "${targets[@]}"; do
    [ ! -e "$(program "$target")" ] || echo "$target"
  done
}
