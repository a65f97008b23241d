# In: a Rust target. Out: `cross TARGET build|test ARGUMENT…`, which is cargo's command for that target with the toolchain
# that `fetch` unpacks, and the places of that toolchain. Sourced at the root of the repository.

cross=$(realpath -m "${CARGO_TARGET_DIR:-target}")/cross
tools=$cross/tools
std_source=$tools/usr/lib/rustlib/src/rust

# zig links for all targets but Windows, and brings their C libraries: the release of the host decides nothing. What
# comes out holds no path of this machine, so that two builds in two folders are equal.
cross() (
  local target=$1 command=$2 triple=$1 crates=std,panic_unwind std=()
  shift 2
  local flags="--remap-path-prefix=$PWD=/dockwright --remap-path-prefix=$std_source=/rust"
  flags+=" --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=/crates"
  use_toolchain
  export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$cross/build CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=false
  [ "$command" = build ] || crates+=,$command
  case $target in
    *-windows-gnu)
      use_mingw
      # The time of linking.
      flags+=' -C link-arg=-Wl,--no-insert-timestamp'
      ;;
    *-apple-darwin)
      command=zigbuild
      # rustc's own strip wants a program that Debian's Rust lacks, so the linker does it.
      export MACOSX_DEPLOYMENT_TARGET=11.0
      flags+=' -C strip=none -C link-arg=-s'
      ;;
    *-linux-musl)
      command=zigbuild
      # zig's objects for starting and unwinding, where rustc has none.
      flags+=' -C link-self-contained=no'
      ;;
    *-linux-gnu)
      command=zigbuild
      # The C library of Debian 12, Ubuntu 22.04 and RHEL 9, or an older one than theirs.
      triple+=.2.34
      ;;
  esac
  # Debian has std for its own machine ready made; for all else it is compiled too.
  [ -d "$tools/usr/lib/rustlib/$target/lib" ] || std=("-Zbuild-std=$crates")
  RUSTFLAGS=$flags cargo "$command" --locked --target "$triple" "${std[@]}" "$@"
)

# The toolchain of this folder, and not the one of rustup.
use_toolchain() {
  export PATH=$tools/usr/bin:$cross/zig/python/bin:$PATH RUSTC=$tools/usr/bin/rustc
  export LD_LIBRARY_PATH=$tools/usr/lib/x86_64-linux-gnu:$tools/lib/x86_64-linux-gnu
}

use_mingw() {
  local gcc=x86_64-w64-mingw32-gcc-win32
  export CC_x86_64_pc_windows_gnu=$gcc AR_x86_64_pc_windows_gnu=x86_64-w64-mingw32-ar
  export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=$gcc
}

# on_wine PROGRAM ARGUMENT…: runs a program for Windows whose folder has `bcryptprimitives.dll`, see `make_wine_complete`.
on_wine() (
  use_toolchain
  # wine's own libraries need one of mingw's.
  WINEPREFIX=$cross/wine WINEPATH="Z:$tools/usr/x86_64-w64-mingw32/lib" WINEDEBUG=-all WINEDLLOVERRIDES=mscoree,mshtml= \
    timeout --kill-after=10 300 "$tools/usr/lib/wine/wine64" "$@"
)

# make_wine_complete FOLDER: puts the library there that std needs and wine 8 lacks.
make_wine_complete() (
  use_toolchain
  x86_64-w64-mingw32-gcc-win32 -O2 -shared -o "$1/bcryptprimitives.dll" packaging/bcryptprimitives.c -ladvapi32
)
