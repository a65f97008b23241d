# In: nothing. Out: `host_state`, what of the host's networking and containers must be the same after a run. Sourced.

host_state() {
  echo "links:"
  ip -oneline link show | sed 's/ qlen .*//'
  echo "iptables:"
  # Without the counters and the dates, which change by themselves.
  if command -v iptables-save >/dev/null; then iptables-save | sed -e '/^#/d' -e 's/ \[[0-9:]*\]$//'; fi
  echo "containers:"
  if [ -S /var/run/docker.sock ] && command -v docker >/dev/null; then
    DOCKER_HOST=unix:///var/run/docker.sock docker ps --all --no-trunc --format '{{.ID}} {{.Image}} {{.Names}}' | sort
  fi
}
