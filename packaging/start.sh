#!/bin/sh
# Starts the program for this system, of those that lie beside it.
program="$(dirname "$0")/dockwright-$(uname -s)-$(uname -m)"
if ! [ -x "$program" ]; then
  echo "dockwright: this bundle has no program for $(uname -s) on $(uname -m)" >&2
  exit 1
fi
exec "$program" "$@"
