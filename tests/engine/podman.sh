# In: RUN, inside the box, and the unpacked packages. Out: Podman's service in place of dockerd (`choose_podman`), with
# its configuration and all its data in RUN. Sourced; starts nothing.
# shellcheck shell=bash disable=SC2034,SC2154 # `settings` shares its variables

choose_podman() {
  engine_path=$engines/podman/usr/bin
  docker=$engines/bookworm/usr/bin/docker
  dockerd=(podman --root "$run/data" --runroot "$run/exec" system service --time=0 "$host")
  environment+=("CONTAINERS_CONF=$run/containers.conf" "CONTAINERS_REGISTRIES_CONF=$run/registries.conf")
  configure_podman
  # Podman hands its environment on to nobody.
  printf '#!/bin/sh\nLD_LIBRARY_PATH="%s" exec "%s" "$@"\n' "$(library_path podman)" "$engine_path/crun" >"$run/crun"
  chmod +x "$run/crun"
  # This one has no variable; what is written to /etc stays in the box.
  mkdir -p /etc/containers
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' >/etc/containers/policy.json
}

configure_podman() {
  cat >"$run/registries.conf" <<-END
	[[registry]]
	location = "127.0.0.1:5000"
	insecure = true
	[[registry]]
	location = "127.0.0.1:5001"
	insecure = true
	END
  # A container may not ask for more than the host gives, and Podman's own limits do.
  cat >"$run/containers.conf" <<-END
	[containers]
	default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
	init_path = "$(init_program)"
	log_driver = "k8s-file"
	[engine]
	cgroup_manager = "cgroupfs"
	conmon_path = ["$engine_path/conmon"]
	events_logger = "file"
	runtime = "crun"
	[engine.runtimes]
	crun = ["$run/crun"]
	[network]
	network_backend = "cni"
	cni_plugin_dirs = ["$engines/podman/usr/lib/cni"]
	network_config_dir = "$run/networks"
	END
}
