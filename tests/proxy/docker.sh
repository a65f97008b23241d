# In: DOCKER_HOST. Out: a function for each thing that people do with the docker CLI, which fails if it did not happen.
# Nothing here knows of the proxy. Sourced.

docker_says() {
  docker version | shows 'API version'
  docker ps --quiet >/dev/null
}

docker_run() {
  [ "$(echo hello | docker run --rm --interactive busybox:test cat)" = hello ]
  docker run --rm busybox:test sh -c 'exit 7' && return 1
  [ $? = 7 ]
}

docker_run_in_a_terminal() {
  in_terminal docker run --rm --interactive --tty busybox:test sh -c 'test -t 0 && stty size && echo seen' | shows seen
}

docker_run_in_the_background() {
  mkdir -p /srv/proj/site
  echo served >/srv/proj/site/index.html
  docker volume create data >/dev/null
  docker run --detach --init --name web --hostname web --env MODE=test --restart unless-stopped --publish 8080:80 \
    --volume /srv/proj/site:/site --volume data:/data busybox:test httpd -f -h /site >/dev/null
  eventually serves 8080
  docker port web | shows ':8080'
}

docker_exec() {
  [ "$(docker exec web cat /site/index.html)" = served ]
  [ "$(echo in | docker exec --interactive web tr i o)" = on ]
  docker exec web sh -c 'exit 5' && return 1
  [ $? = 5 ]
  in_terminal docker exec --interactive --tty web sh -c 'test -t 0 && echo seen' | shows seen
  docker exec --detach web touch /data/detached
  eventually docker exec web test -e /data/detached
}

# The engine ends an attachment with its input, so that stays open here.
docker_attach() {
  docker run --detach --interactive --name reader busybox:test sh -c 'read line && echo "got $line"' >/dev/null
  [ "$({ echo this; sleep 0.5; } | docker attach reader)" = 'got this' ]
}

docker_start() {
  docker create --name starter busybox:test echo again >/dev/null
  [ "$(docker start --attach starter)" = again ]
}

docker_logs() {
  docker run --detach --name ticker busybox:test sh -c 'for tick in 1 2 3; do echo tick $tick; sleep 0.3; done' >/dev/null
  [ "$(docker logs --follow ticker | wc -l)" = 3 ]
  [ "$(docker logs --tail 1 ticker)" = 'tick 3' ]
}

docker_wait() { [ "$(docker wait ticker)" = 0 ]; }

docker_ps() {
  docker ps --all --filter name=web --filter status=running --format '{{.Names}} {{.Ports}} {{.Size}}' | shows '^web .*:8080'
  [ "$(docker ps --all --quiet --filter name=nothing-of-this-name)" = '' ]
}

docker_inspect() {
  [ "$(docker inspect --format '{{.State.Status}}' web)" = running ]
  docker inspect data | shows Mountpoint
  docker diff web >/dev/null
}

docker_stats_and_top() {
  docker stats --no-stream web | shows web
  docker stats --no-stream | shows web
  docker top web | shows httpd
}

docker_cp() {
  echo copied >/srv/proj/file
  docker cp /srv/proj/file web:/tmp/file
  docker cp web:/tmp/file - | tar --extract --to-stdout | shows copied
  mkdir -p /srv/proj/folder
  tar --create --directory /srv/proj file | docker cp - web:/data
  docker cp web:/data /srv/proj/folder
  grep -q copied /srv/proj/folder/data/file
}

docker_update_and_rename() {
  docker update --memory 64m --memory-swap 128m web >/dev/null
  [ "$(docker inspect --format '{{.HostConfig.Memory}}' web)" = 67108864 ]
  docker rename web shop
  docker rename shop web
}

docker_pause_stop_kill() {
  docker pause web >/dev/null
  docker unpause web >/dev/null
  docker restart --time 1 web >/dev/null
  docker stop --time 1 web >/dev/null
  docker start web >/dev/null
  docker kill --signal KILL web >/dev/null
  docker start web >/dev/null
}

docker_commit() {
  docker commit web mine:committed >/dev/null
  docker images --quiet mine | shows .
  docker rmi mine:committed >/dev/null
}

# BuildKit needs a session, which is `opaque`.
docker_build() {
  mkdir -p "$home/context"
  printf '%s\n' 'FROM busybox:test' 'COPY note /note' 'RUN cat /note' 'CMD ["cat", "/note"]' >"$home/context/Dockerfile"
  echo built >"$home/context/note"
  DOCKER_BUILDKIT=0 docker build --tag mine:1 "$home/context" >/dev/null
  [ "$(docker run --rm mine:1)" = built ]
}

docker_images() {
  docker images | shows '^mine'
  docker images --filter dangling=true --quiet
  docker history mine:1 | shows COPY
  docker tag mine:1 mine:2
  docker rmi mine:2 mine:1 >/dev/null
  docker image inspect busybox:test >/dev/null
}

docker_pull() {
  docker pull --quiet 127.0.0.1:5000/busybox:test
  docker run --rm --pull always 127.0.0.1:5000/busybox:test true
}

docker_network() {
  docker network create shop >/dev/null
  docker network connect --alias site shop web
  [ "$(docker run --rm --network shop busybox:test wget -qO- http://site)" = served ]
  docker network ls --filter name=shop --quiet | shows .
  docker network inspect shop | shows '"web"'
  docker network disconnect shop web
  docker network rm shop >/dev/null
}

docker_volume() {
  docker volume create --label tier=test spare >/dev/null
  docker volume ls --quiet | shows -x spare
  docker volume inspect spare >/dev/null
  docker volume rm spare >/dev/null
}

docker_events() {
  local since
  since=$(date +%s)
  docker run --rm --name seen busybox:test true
  docker events --since "$since" --until "$(($(date +%s) + 1))" --filter event=create --format '{{.Actor.Attributes.name}}' |
    shows -x seen
}

docker_prune() {
  docker container prune --force >/dev/null
  docker network prune --force >/dev/null
  docker volume prune --force >/dev/null
  docker image prune --force >/dev/null
  docker ps --quiet | shows .
}

docker_rm() {
  docker rm --force --volumes web >/dev/null
  docker volume rm data >/dev/null
  [ "$(docker ps --all --quiet)" = '' ]
}

# In the order in which they need each other.
docker_deeds=(
  docker_says docker_run docker_run_in_a_terminal docker_run_in_the_background docker_exec docker_attach docker_start
  docker_logs docker_wait docker_ps docker_inspect docker_stats_and_top docker_cp docker_update_and_rename
  docker_pause_stop_kill docker_commit docker_build docker_images docker_pull docker_network docker_volume docker_events
  docker_prune docker_rm
)

in_terminal() {
  python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' "$@" </dev/null
}

# shows [-x] WORDS: as `grep -q`, and reads to the end, so that the program before it can write to the end.
shows() { grep "$@" >/dev/null; }

serves() { [ "$(python3 -c "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:$1').read().decode(), end='')")" = served ]; }

eventually() {
  local attempt
  for attempt in {1..50}; do
    if "$@" 2>/dev/null; then return; fi
    sleep 0.1
  done
  say "never after $attempt tries: $*"
  return 1
}
