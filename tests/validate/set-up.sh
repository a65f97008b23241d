#!/bin/sh
# In: the environment of `tests/engine/with`, the API version as API, an empty folder as the working directory. Out: one
# object of every described type, so that answers are full; all named `validate-…`, for `clean-up.sh`. Options of newer
# engines stand behind `since`.
set -eu

main() {
  images
  networks
  volumes
  containers
  plugins
  swarm
}

docker() { "$DOCKWRIGHT_TEST_DOCKER" "$@"; }

# since MINOR: succeeds if the engine speaks API 1.MINOR.
since() { [ "${API#1.}" -ge "$1" ]; }

images() {
  printf '%s\n' 'FROM busybox:test' 'STOPSIGNAL SIGINT' 'SHELL ["sh", "-c"]' 'RUN echo built >/built' >Dockerfile
  # The CLI of a newer engine may lack buildx, and then builds without a cache that the engine could list.
  DOCKER_BUILDKIT=1 docker build --tag validate-built . >build.log 2>&1 ||
    DOCKER_BUILDKIT=0 docker build --tag validate-built . >build.log 2>&1 || { cat build.log >&2; return 1; }
  docker create --name validate-base --volume /anonymous busybox:test sleep 600
  docker commit --author validate --message "for tests" \
    --change 'LABEL purpose=validate empty=' --change 'EXPOSE 80/tcp 53/udp' --change 'VOLUME /data' \
    --change 'ENV A=b EMPTY=' --change 'WORKDIR /tmp' --change 'USER root' \
    --change 'HEALTHCHECK --interval=1s --timeout=2s --start-period=3s --retries=4 CMD true' \
    --change 'ONBUILD RUN true' --change 'ENTRYPOINT ["sh", "-c"]' --change 'CMD ["sleep 600"]' \
    validate-base validate-image:1
  docker tag validate-image:1 validate-image:2
}

networks() {
  docker network create --subnet 10.213.0.0/24 --gateway 10.213.0.1 --ip-range 10.213.0.128/25 --label purpose=validate \
    --aux-address spare=10.213.0.7 --opt com.docker.network.bridge.name=validate0 --attachable validate-net
  docker network create --config-only --subnet 10.213.1.0/24 --label purpose=validate validate-config
  docker network create --config-from validate-config validate-configured
  docker network create --internal --ipv6 --subnet 10.213.2.0/24 --subnet fd00:213::/64 validate-internal
}

volumes() {
  docker volume create --label purpose=validate --opt type=tmpfs --opt device=tmpfs --opt o=size=1m validate-tmpfs
  docker volume create validate-volume
  docker run --rm --volume validate-volume:/volume busybox:test mkdir /volume/sub
}

containers() {
  full_container
  limited_container
  created_containers
  docker run --detach --name validate-paused --restart unless-stopped busybox:test sleep 600
  docker pause validate-paused
  docker run --name validate-failed busybox:test sh -c 'exit 3' || [ $? = 3 ]
  docker run --detach --name validate-restarting --restart always busybox:test sh -c 'exit 1'
  docker run --detach --tty --interactive --name validate-tty --network none busybox:test sh
  docker run --detach --name validate-joined --network container:validate-tty --pid container:validate-tty \
    --volumes-from validate-base:ro busybox:test sleep 600
  docker run --detach --name validate-linked --link validate-limited:other busybox:test sleep 600
  docker run --detach --name validate-host --network host --pid host --uts host --ipc host busybox:test sleep 600
  docker exec --detach --env A=b --user root --workdir /tmp validate-full sleep 600
  docker exec --detach --tty validate-full sleep 600
  docker exec validate-full sh -c 'touch /added /etc/passwd; rm /built; echo logged >/proc/1/fd/1' || true
}

full_container() {
  docker run --detach --name validate-full --hostname full --domainname example.com --restart on-failure:3 \
    --publish 127.0.0.1::80/tcp --publish 53/udp --expose 8080 \
    --network validate-net --ip 10.213.0.9 --network-alias alias --add-host other:10.213.0.10 \
    --dns 127.0.0.1 --dns-search example.com --dns-option ndots:1 \
    --volume validate-volume:/volume --volume /usr:/bound:ro,rslave --tmpfs /scratch:size=1m \
    --mount type=volume,source=validate-tmpfs,target=/limited,volume-nocopy \
    --mount type=tmpfs,target=/memory,tmpfs-size=65536,tmpfs-mode=1770 \
    --health-cmd 'echo well' --health-interval 1s --health-timeout 1s --health-retries 2 --health-start-period 1s \
    --label purpose=validate --label empty= --env A=b --env EMPTY= --workdir /tmp --user 0:0 --group-add 1 \
    --stop-signal SIGINT --stop-timeout 3 --init --log-driver json-file --log-opt max-size=1m \
    validate-image:1 'touch /added; echo out; echo err >&2; sleep 600'
  docker network connect --alias second --link validate-full:self validate-internal validate-full
}

limited_container() {
  docker run --detach --name validate-limited --memory 64m --memory-reservation 32m --cpus 0.5 --cpu-shares 512 \
    --cpuset-cpus 0 --pids-limit 100 --ulimit nofile=64:128 --shm-size 1m --oom-score-adj 100 \
    --cap-add NET_ADMIN --cap-drop MKNOD --security-opt no-new-privileges --device /dev/null:/dev/nothing:r \
    --device-cgroup-rule 'c 1:3 r' --sysctl net.ipv4.ip_forward=1 --read-only --ipc shareable busybox:test sleep 600
}

# Containers that this host could not start can still be described.
created_containers() {
  docker create --name validate-created --gpus 'all,capabilities=utility' --blkio-weight 300 --device-read-iops /dev/null:10 \
    --device-write-bps /dev/null:1mb --device-write-iops /dev/null:10 --device-read-bps /dev/null:1mb \
    --blkio-weight-device /dev/null:300 --memory-swappiness 10 --oom-kill-disable --memory 32m --cpu-period 50000 \
    --cpu-quota 20000 --publish-all --cgroupns private --mac-address 02:42:00:00:00:07 busybox:test
  docker create --name validate-privileged --privileged busybox:test
  if since 43; then docker create --name validate-annotated --annotation purpose=validate busybox:test; fi
  if since 44; then
    docker create --name validate-bound --health-cmd true --health-start-interval 1s \
      --mount type=bind,source=/usr,target=/bound,readonly,bind-recursive=readonly,bind-propagation=rprivate busybox:test
  fi
  if since 45; then
    docker create --name validate-subpath --mount type=volume,source=validate-volume,target=/sub,volume-subpath=sub busybox:test
  fi
}

plugins() {
  if [ -n "$DOCKWRIGHT_TEST_PLUGIN" ]; then
    docker plugin enable "$DOCKWRIGHT_TEST_PLUGIN"
    docker volume create --driver "$DOCKWRIGHT_TEST_PLUGIN" --opt a=b validate-foreign
  fi
  mkdir -p plugin/rootfs
  cat >plugin/config.json <<'JSON'
{
  "description": "Never enabled", "documentation": "none", "entrypoint": ["/none"], "workdir": "/", "user": { "uid": 1, "gid": 1 },
  "interface": { "types": ["docker.volumedriver/1.0"], "socket": "none.sock", "protocolScheme": "" },
  "network": { "type": "host" }, "ipcHost": true, "pidHost": true, "propagatedMount": "/volumes",
  "args": { "name": "args", "description": "none", "settable": ["value"], "value": ["a"] },
  "env": [{ "name": "A", "description": "none", "settable": ["value"], "value": "b" }],
  "mounts": [{ "name": "tmp", "description": "none", "settable": ["source"], "source": "/tmp", "destination": "/tmp", "type": "bind", "options": ["rbind"] }],
  "linux": {
    "capabilities": ["CAP_SYS_ADMIN"], "allowAllDevices": true,
    "devices": [{ "name": "null", "description": "none", "settable": ["path"], "path": "/dev/null" }]
  }
}
JSON
  docker plugin create "$DOCKWRIGHT_TEST_REGISTRY/validate-plugin:latest" plugin
  docker plugin push "$DOCKWRIGHT_TEST_REGISTRY/validate-plugin:latest"
}

swarm() {
  docker swarm init --advertise-addr 127.0.0.1
  docker node update --label-add purpose=validate "$(docker node ls --quiet)"
  docker swarm update --task-history-limit 3
  docker network create --driver overlay --attachable --subnet 10.213.3.0/24 --label purpose=validate validate-overlay
  echo secret | docker secret create --label purpose=validate --template-driver golang validate-secret -
  echo config | docker config create --label purpose=validate --template-driver golang validate-service-config -
  replicated_service
  docker service create --detach --name validate-global --mode global --no-healthcheck --stop-grace-period 1s \
    --publish mode=host,target=80,published=8213 busybox:test sleep 600
  docker service create --detach --name validate-job --mode replicated-job --max-concurrent 1 --replicas 2 busybox:test true
  docker service create --detach --name validate-global-job --mode global-job busybox:test true
  docker service create --detach --name validate-pending --generic-resource gpu=2 --endpoint-mode dnsrr busybox:test true
  wait_for_tasks
  docker service update --detach --label-add updated=yes --env-add C=d validate-service
}

replicated_service() {
  docker service create --detach --name validate-service --replicas 1 --endpoint-mode dnsrr --network validate-overlay \
    --label purpose=validate --container-label purpose=validate --env A=b --hostname '{{.Service.Name}}' --user 0 \
    --secret source=validate-secret,target=/secret,uid=1,gid=1,mode=0400 \
    --config source=validate-service-config,target=/config,mode=0444 \
    --mount type=volume,source=validate-service,target=/volume,volume-label=a=b,volume-driver=local \
    --mount type=tmpfs,target=/memory,tmpfs-size=65536 --mount type=bind,source=/usr,target=/bound,readonly \
    --limit-cpu 0.5 --limit-memory 64m --limit-pids 100 --reserve-cpu 0.1 --reserve-memory 8m --ulimit nofile=64:128 \
    --constraint node.role==manager --placement-pref spread=node.labels.purpose --replicas-max-per-node 2 \
    --restart-condition on-failure --restart-delay 1s --restart-max-attempts 3 --restart-window 10s \
    --update-delay 1s --update-failure-action rollback --update-monitor 1s --update-max-failure-ratio 0.5 --update-order start-first \
    --rollback-delay 1s --rollback-failure-action continue --rollback-monitor 1s --rollback-max-failure-ratio 0.5 \
    --health-cmd true --health-interval 1s --stop-grace-period 1s --stop-signal SIGINT --init --tty --read-only \
    --cap-add NET_ADMIN --cap-drop MKNOD --sysctl net.ipv4.ip_forward=1 --group 1 --isolation default \
    --dns 127.0.0.1 --dns-search example.com --dns-option ndots:1 --host other:10.213.3.10 \
    --log-driver json-file --log-opt max-size=1m --with-registry-auth busybox:test sleep 600
}

# The engine has no event for the state of a task.
wait_for_tasks() {
  for service in validate-service validate-global; do
    attempts=0
    until docker service ps --format '{{.CurrentState}}' "$service" | grep -q ^Running; do
      attempts=$((attempts + 1))
      if [ "$attempts" = 150 ]; then docker service ps --no-trunc "$service" >&2; return 1; fi
      sleep 0.2
    done
  done
}

main
