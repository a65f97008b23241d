# In: Rust targets. Out: `cross build|test TARGET… -- ARGUMENT…`, which is cargo's command for these targets with the
# toolchain that `fetch` unpacks, and the places of that toolchain. Sourced at the root of the repository.

cross=$(realpath -m "${CARGO_TARGET_DIR:-target}")/cross
tools=$cross/tools
std_source=$tools/usr/lib/rustlib/src/rust

# All targets in one run of cargo, so that every processor has work while one program is linked. zig links for all targets
# but Windows, and brings their C libraries: the release of the host decides nothing. `test` is for Windows alone.
cross() (
  local command=$1 crates=std,panic_unwind targets=()
  shift
  [ "$command" = build ] || crates+=,$command
  use_toolchain
  use_mingw
  export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$cross/build CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=false
  # The oldest system that Apple's own processors have.
  export MACOSX_DEPLOYMENT_TARGET=11.0
  unset RUSTFLAGS
  while [ "$1" != -- ]; do
    export "CARGO_TARGET_$(tr a-z- A-Z_ <<<"$1")_RUSTFLAGS=$(flags "$1")"
    case $1 in
      *-windows-*) targets+=(--target "$1") ;;
      # The C library of Debian 12, Ubuntu 22.04 and RHEL 9, or an older one than theirs.
      *-linux-gnu) targets+=(--target "$1.2.34") command=zigbuild ;;
      *) targets+=(--target "$1") command=zigbuild ;;
    esac
    shift
  done
  shift
  # Debian has std ready made for its own machine alone. It is compiled for that one too: then a program has the same bytes
  # whatever it is built beside.
  cargo "$command" --locked "${targets[@]}" "-Zbuild-std=$crates" "$@"
)

# flags TARGET: rustc's flags with which no path of this machine gets into a program, so that builds in two folders are equal.
flags() {
  echo -n "--remap-path-prefix=$PWD=/dockwright --remap-path-prefix=$std_source=/rust"
  echo -n " --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=/crates"
  case $1 in
    # The time of linking.
    *-windows-gnu) echo ' -C link-arg=-Wl,--no-insert-timestamp' ;;
    # rustc's own strip wants a program that Debian's Rust lacks, so the linker does it.
    *-apple-darwin) echo ' -C strip=none -C link-arg=-s' ;;
    # zig's objects for starting and unwinding, where rustc has none.
    *-linux-musl) echo ' -C link-self-contained=no' ;;
  esac
}

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

# strip_for_windows PROGRAM: takes out the symbols that mingw's linker leaves in. They name the folders of import libraries.
strip_for_windows() (
  use_toolchain
  x86_64-w64-mingw32-strip "$1"
)

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
