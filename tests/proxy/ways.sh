# In: what `inside` knows. Out: a function for each way in which the proxy itself is run, which fails if it does not hold. Sourced.

# serve_at NAME OPTION…: another proxy at $home/NAME.sock. Its process is $!.
serve_at() {
  local name=$1
  shift
  DOCKER_HOST=$engine "$dockwright" "$@" --audit /dev/null --listen "unix://$home/$name.sock" 2>"$home/$name.stderr" &
  eventually test -S "$home/$name.sock" || fail "no proxy: $(<"$home/$name.stderr")"
}

# A run of Compose and of Testcontainers is learned. By what was learned the same run passes, and what was not seen does not.
learned() {
  local policy=$home/learned.toml process
  serve_at learn policy learn "$policy"
  process=$!
  DOCKER_HOST=unix://$home/learn.sock run_of_programs
  kill -TERM "$process"
  wait "$process"
  serve_at learned proxy --policy "$policy"
  process=$!
  DOCKER_HOST=unix://$home/learned.sock run_of_programs
  DOCKER_HOST=unix://$home/learned.sock are_denied <<'COMMANDS'
docker run --privileged busybox:test true
docker run --pid host busybox:test true
docker run --cap-add SYS_ADMIN busybox:test true
docker run --volume /etc:/h busybox:test true
docker run --volume /srv/proj:/h busybox:test true
docker run --volumes-from foreign busybox:test true
docker run --publish 127.0.0.1:8099:80 busybox:test true
docker run --network host busybox:test true
docker run 127.0.0.1:5000/busybox:test true
docker pull 127.0.0.1:5000/busybox:test
docker exec --privileged foreign id
docker rename foreign other
docker cp foreign:/etc/passwd -
docker volume prune --force
docker save busybox:test
docker swarm init
COMMANDS
  kill -TERM "$process"
  wait "$process"
}

run_of_programs() {
  compose_up
  compose_down
  testcontainers
}

are_denied() {
  local command
  while IFS= read -r command; do
    if (eval "$command") >"$home/shown" 2>&1 </dev/null; then fail "passes: $command"; fi
    grep -q 'denied by' "$home/shown" || fail "$command shows: $(<"$home/shown")"
  done
}

# SIGTERM ends what goes on, within a bound, and the proxy leaves nothing.
ended() {
  local process clients=() client begun=$SECONDS
  serve_at ending proxy --policy "$here/policy.toml"
  process=$!
  docker run --detach --init --name endless busybox:test sh -c 'while :; do echo tick; sleep 0.1; done' >/dev/null
  for command in 'logs --follow endless' 'exec --interactive endless cat' 'attach endless' 'wait endless' events; do
    # shellcheck disable=SC2086 # words
    docker --host "unix://$home/ending.sock" $command >/dev/null 2>&1 < <(sleep 60) &
    clients+=($!)
  done
  sleep 1
  for client in "${clients[@]}"; do kill -0 "$client" || fail "a client ended by itself"; done
  kill -TERM "$process"
  wait "$process" || fail "the proxy ended with $?"
  for client in "${clients[@]}"; do wait "$client" || true; done
  [ $((SECONDS - begun)) -lt 20 ] || fail "the end took $((SECONDS - begun)) s"
  [ ! -e "$home/ending.sock" ] || fail "the socket is left"
  docker rm --force endless >/dev/null
}

# A key that can do nothing but reach the proxy, as in docs/proxy.md.
over_ssh() {
  mkdir "$home/ssh"
  start_sshd proxied "$home/ssh"
  sed -i "s|^|restrict,command=\"docker -H $DOCKER_HOST system dial-stdio\" |" "$home/ssh/id.pub"
  docker run --detach --init --name mine busybox:test sleep 1000 >/dev/null
  DOCKER_HOST=ssh://proxied docker ps --format '{{.Names}}' | shows -x mine
  [ "$(echo in | DOCKER_HOST=ssh://proxied docker exec --interactive mine cat)" = in ]
  DOCKER_HOST=ssh://proxied are_denied <<<'docker run --volume /etc:/h busybox:test true'
  DOCKER_HOST=ssh://proxied "$dockwright" call container_list '{}' | shows mine
  if DOCKER_HOST=ssh://proxied "$dockwright" call container_inspect '{"id":"foreign"}' >"$home/shown" 2>&1; then
    fail "a foreign container is shown"
  fi
  shows 'No such container' <"$home/shown" || fail "a foreign container: $(<"$home/shown")"
  if timeout 5 ssh proxied id </dev/null | shows uid; then fail "the key has a shell"; fi
  kill "$sshd"
  docker rm --force mine >/dev/null
}

# The lines of deploy/proxy for Compose, with an image of the program and the libraries that it needs.
in_a_container() {
  local folder=$home/deploy socket=${engine#unix://}
  mkdir -p "$folder/run" "$folder/root" /srv/proj
  ln -sfn /etc /srv/proj/link
  cp "$here/policy.toml" "$folder/agent.toml"
  chown 12345 "$folder/run"
  sed "s|- /var/run/docker.sock:|- $socket:|; s|- /run/dockwright:|- $folder/run:|" "$repository/deploy/proxy/compose.yaml" >"$folder/compose.yaml"
  make_image "$folder/root"
  export CALLER=12345 SOCKET_GROUP
  SOCKET_GROUP=$(stat --format %g "$socket")
  deployed up --detach
  DOCKER_HOST=unix://$folder/run/agent.sock
  is_served_by_a_container
  deployed kill --signal KILL
  deployed up --detach
  is_served_by_a_container
  deployed stop
  [ "$(docker --host "$engine" inspect --format '{{.State.ExitCode}}' deploy-proxy-1)" = 0 ] || fail "the proxy ended with an error"
  [ ! -e "$folder/run/agent.sock" ] || fail "the socket is left"
  deployed down
  DOCKER_HOST=unix://$home/agent.sock
  docker --host "$engine" image rm dockwright >/dev/null
  rm /srv/proj/link
}

deployed() { docker --host "$engine" compose --progress quiet --project-directory "$home/deploy" --file "$home/deploy/compose.yaml" "$@"; }

is_served_by_a_container() {
  eventually docker ps --quiet || fail "no answer: $(deployed logs 2>&1)"
  [ "$(docker run --rm --volume /srv/proj:/h:ro busybox:test echo served)" = served ]
  are_denied <<'COMMANDS'
docker run --volume /etc:/h busybox:test true
docker run --volume /srv/proj/link:/h busybox:test true
COMMANDS
}

# make_image FOLDER: an image of the program and nothing else, which a program that is linked as usual needs libraries for.
make_image() {
  local library
  install -D "$dockwright" "$1/dockwright"
  ldd "$dockwright" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
    install -D "$library" "$1$library"
  done
  tar --create --directory "$1" . | docker --host "$engine" import --change 'ENTRYPOINT ["/dockwright"]' - dockwright >/dev/null
}
