# In: RUN, inside the box, and the unpacked packages. Out: Podman's service in place of dockerd (`choose_podman`), with
# its configuration and all its data in RUN. Sourced; starts nothing.
# shellcheck shell=bash disable=SC2034,SC2154 # `settings` shares its variables

choose_podman() {
  # Its programs need a newer C library than the host's, and start one another by fixed paths. The host's programs run
  # with the newer library too.
  mount -t overlay -o "lowerdir=$engines/podman/usr:/usr" overlay /usr
  engine_path=/usr/bin
  docker=$engines/bookworm/usr/bin/docker
  dockerd=(podman --root "$run/data" --runroot "$run/exec" system service --time=0 "$host")
  environment+=("CONTAINERS_CONF=$run/containers.conf" "CONTAINERS_REGISTRIES_CONF=$run/registries.conf")
  configure_podman
  # This one has no variable; what is written to /etc stays in the box.
  mkdir -p /etc/containers
  cp "$engines/podman/etc/containers/policy.json" /etc/containers
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
	log_driver = "k8s-file"
	[engine]
	cgroup_manager = "cgroupfs"
	events_logger = "file"
	[network]
	firewall_driver = "iptables"
	network_config_dir = "$run/networks"
	END
}
