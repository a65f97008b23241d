# In: DOCKER_HOST. Out: a function for each thing that people do with Docker Compose. Sourced.

compose() { DOCKER_BUILDKIT=0 docker compose --progress plain --file "$repository/tests/proxy/shop/compose.yaml" "$@"; }

compose_up() {
  mkdir -p /srv/proj/site
  echo served >/srv/proj/site/index.html
  compose up --detach --wait --quiet-pull
  eventually serves 8081
}

compose_ps() { [ "$(compose ps --format '{{.Service}} {{.State}}' | sort | tr '\n' ,)" = 'database running,web running,worker running,' ]; }

compose_logs() { compose logs database | shows ready; }

compose_exec() { compose exec -T worker grep -q root /data/seen; }

compose_run() { [ "$(compose run --rm -T web echo once)" = once ]; }

# Changed services are made again.
compose_up_again() {
  compose up --detach --wait --force-recreate web
  eventually serves 8081
}

compose_stop() {
  compose stop --timeout 1
  compose start
}

compose_down() {
  compose down --volumes --timeout 1 --rmi local
  [ "$(docker ps --all --quiet --filter label=com.docker.compose.project=shop)" = '' ]
}

compose_deeds=(compose_up compose_ps compose_logs compose_exec compose_run compose_up_again compose_stop compose_down)
