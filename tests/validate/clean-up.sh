#!/bin/sh
# In: an engine after `set-up.sh`, finished or not. Out: the engine as it was. Leftovers are printed, and the exit code is
# then 1.
set -u

docker() { "$DOCKWRIGHT_TEST_DOCKER" "$@"; }

docker service rm validate-service validate-global validate-job validate-global-job validate-pending
docker swarm leave --force
docker ps --all --quiet --filter name=validate- | xargs -r "$DOCKWRIGHT_TEST_DOCKER" rm --force --volumes
docker network rm validate-net validate-configured validate-config validate-internal docker_gwbridge
docker volume rm --force validate-tmpfs validate-volume validate-foreign validate-service
docker plugin rm --force "$DOCKWRIGHT_TEST_REGISTRY/validate-plugin:latest"
if [ -n "$DOCKWRIGHT_TEST_PLUGIN" ]; then docker plugin disable "$DOCKWRIGHT_TEST_PLUGIN"; fi
docker rmi validate-image:1 validate-image:2 validate-built

left=$(
  docker ps --all --quiet --filter name=validate-
  docker network ls --quiet --filter name=validate-
  docker volume ls --quiet --filter name=validate-
)
[ -z "$left" ] || { echo "left behind:" $left >&2; exit 1; }
