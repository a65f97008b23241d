# In: RUN and NAME, inside the box, and the unpacked packages. Out: Podman's service in place of dockerd
# (`choose_podman`), root's or an ordinary user's, with all its data in the box. Sourced; starts nothing.
# shellcheck shell=bash disable=SC2034,SC2154 # `settings` shares its variables

choose_podman() {
  # Its programs need a newer C library than the host's, and start one another by fixed paths. The host's programs run
  # with the newer library too.
  mount -t overlay -o "lowerdir=$engines/podman/usr:/usr" overlay /usr
  engine_path=/usr/bin
  docker=$engines/bookworm/usr/bin/docker
  configure_podman
  if [ "$name" = podman-rootless ]; then
    choose_user
  else
    dockerd=(podman --root "$run/data" --runroot "$run/exec" system service --time=0 "$host")
  fi
}

# A user with ids of its own for containers, and the socket where Podman's own unit has it.
choose_user() {
  local user=dockwright-rootless home
  useradd --no-create-home "$user"
  home=/run/user/$(id --user "$user")
  install --directory --owner "$user" --group "$user" --mode 700 "$home" "$home/podman"
  host=unix://$home/podman/podman.sock
  dockerd=(
    setpriv --reuid "$user" --regid "$user" --init-groups
    env --chdir "$home" --unset DOCKER_CONFIG "HOME=$home" "XDG_RUNTIME_DIR=$home" podman system service --time=0 "$host"
  )
  # Rootless networks need it, and not every host lets users open it.
  mknod --mode 666 "$run/covers/tun" c 10 200
  mount --bind "$run/covers/tun" /dev/net/tun
}

# For root and users alike; what is written to /etc stays in the box.
configure_podman() {
  cp -R "$engines/podman/etc/containers" /etc
  cat >>/etc/containers/registries.conf <<-END
	[[registry]]
	location = "127.0.0.1:5000"
	insecure = true
	[[registry]]
	location = "127.0.0.1:5001"
	insecure = true
	END
  # A container may not ask for more than the host gives, and Podman's own limits do.
  cat >/etc/containers/containers.conf <<-END
	[containers]
	default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
	log_driver = "k8s-file"
	[engine]
	cgroup_manager = "cgroupfs"
	events_logger = "file"
	[network]
	END
}
