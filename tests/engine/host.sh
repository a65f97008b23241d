# In: nothing. Out: `host_state`, what of the host's network and containers must be the same after a run. Sourced.

host_state() {
  echo "links:"
  # Names and addresses; a link that goes up or down does so by itself.
  "$(tool busybox)" ip -oneline link | awk '{ print $2, $(NF - 2) }'
  echo "iptables:"
  # Without the counters and dates, which change by themselves.
  if command -v iptables-save >/dev/null; then iptables-save | sed -e '/^#/d' -e 's/ \[[0-9:]*\]$//'; fi
  echo "containers:"
  if [ -S /var/run/docker.sock ] && command -v docker >/dev/null; then
    DOCKER_HOST=unix:///var/run/docker.sock docker ps --all --no-trunc --format '{{.ID}} {{.Image}} {{.Names}}' | sort
  fi
}
