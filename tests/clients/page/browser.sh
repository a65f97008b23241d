# Out: node in PATH, and the environment of Chromium. In: `places.sh` was sourced, `install` has run.

own=$clients/page/chromium/usr
export PATH=$clients/node/node_modules/node/bin:$PATH
CHROMIUM=$(command -v chromium || echo "$own/lib/chromium/chromium")
if [ -d "$own/lib" ]; then
  LD_LIBRARY_PATH=$(find "$own/lib" -name '*.so*' -printf '%h:\n' | sort -u | tr -d '\n')
fi
export CHROMIUM LD_LIBRARY_PATH
