# Out: where the clients are, and how this folder speaks on stderr. Sourced.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
clients=$(realpath -m "${CARGO_TARGET_DIR:-$repository/target}")/${NEWEST:+newest-}clients

say() { printf '%s\n' "$*" >&2; }
fail() { say "clients: $*"; exit 1; }
