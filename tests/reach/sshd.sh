# Sourced within `serve`. start_sshd HOST FOLDER: starts a server of ssh that the ssh on PATH knows as HOST; its files and
# its log are in FOLDER, its process is `sshd`.

start_sshd() {
  local host=$1 folder=$2 port=22022 file
  for file in host id; do ssh-keygen -q -t ed25519 -N '' -f "$folder/$file"; done
  printf '%s\n' "Port $port" 'ListenAddress 127.0.0.1' "HostKey $folder/host" "AuthorizedKeysFile $folder/id.pub" 'UsePAM no' \
    'StrictModes no' 'PidFile none' 'MaxStartups 200' "SetEnv PATH=$PATH" >"$folder/sshd_config"
  printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d ' ' -f 1,2 "$folder/host.pub")" >"$folder/known_hosts"
  printf '%s\n' "Host $host" 'HostName 127.0.0.1' "Port $port" 'User root' "IdentityFile $folder/id" 'IdentitiesOnly yes' \
    "UserKnownHostsFile $folder/known_hosts" >"$DOCKWRIGHT_TEST_REACH/hosts/$host"
  "$DOCKWRIGHT_TEST_REACH/sshd" -D -f "$folder/sshd_config" -E "$folder/log" &
  sshd=$!
  until grep -q 'Server listening' "$folder/log" 2>/dev/null; do sleep 0.1; done
}
