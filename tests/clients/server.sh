# Out: functions that start servers on loopback, for as long as the script lives that sources this.

# serve_http DOCKWRIGHT FOLDER [OPTION…]: serves over HTTP. Sets http, http_audit and TOKEN.
serve_http() {
  local dockwright=$1 folder=$2
  shift 2
  mkdir -p "$folder"
  http_audit=$folder/audit
  : >"$folder/stderr"
  # Nobody sits before these clients: those that can ask a person dismiss every question.
  DOCKWRIGHT_CONFIRM=never "$dockwright" serve --listen 127.0.0.1:0 --token-file "$folder/tokens" --audit "$http_audit" "$@" 2>"$folder/stderr" &
  wait_for_line 'serving MCP at' "$folder/stderr"
  http=$(sed -n 's/.*serving MCP at \([^;]*\);.*/\1/p' "$folder/stderr")
  read_token "$folder/tokens"
}

port_of() {
  sed 's/.*:\([0-9]*\)\/.*/\1/' <<<"$1"
}

# The token of a file, without its name.
read_token() {
  export TOKEN
  TOKEN=$(sed -n '/^#/!s/^[^ ]* *\([^ ]*\)$/\1/p' "$1" | tail -n 1)
}

# relay SERVER_PORT FOLDER: starts relay.py before a server. Sets relay_port.
relay() {
  relay_port=$(free_port)
  python3 "$repository/tests/clients/relay.py" "$relay_port" "$1" "$2/sent" "$2/answered" &
  wait_for_port "$relay_port"
}

free_port() {
  python3 -c 'import socket; listener = socket.create_server(("127.0.0.1", 0)); print(listener.getsockname()[1])'
}

wait_for_port() {
  local attempt
  for attempt in {1..100}; do
    if (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi
    sleep 0.1
  done
  fail "nothing listens at port $1 after $attempt tries"
}

wait_for_line() {
  local attempt
  for attempt in {1..100}; do
    if grep -q "$1" "$2" 2>/dev/null; then return; fi
    sleep 0.1
  done
  fail "no line '$1' after $attempt tries: $(cat "$2")"
}
