# In: a run folder. Out: one cgroup for that run in each hierarchy (v1, v2 or both), listed in RUN/cgroups as
# `type|options|mount point|cgroup`; all of them removed at the end. Sourced.

# make_cgroups RUN: the box joins these and sees nothing above them, so that all its cgroups are below. In v1 they are
# below our own cgroup, whose limits hold; in v2 that one may not have children with controllers, so below the root.
make_cgroups() {
  local type options mount root parent cgroup
  hierarchies | while IFS='|' read -r type options mount root; do
    parent=$mount
    if [ "$type" = cgroup ]; then parent=$mount$(own_path "$options" "$root"); fi
    cgroup=$parent/$(basename "$1")
    echo "$type|$options|$mount|$cgroup"
    delegate_controllers "$parent"
    mkdir "$cgroup"
    # A v1 cpuset starts empty, and no process can join an empty one.
    if [ -e "$cgroup/cpuset.cpus" ] && [ "$type" = cgroup ]; then
      cat "$parent/cpuset.cpus" >"$cgroup/cpuset.cpus"
      cat "$parent/cpuset.mems" >"$cgroup/cpuset.mems"
    fi
  done >"$1/cgroups"
}

# thaw FOLDER…: in v1 a paused container cannot even die, and whoever waits for its end waits for ever.
thaw() {
  local state
  find "$@" -name freezer.state 2>/dev/null | while read -r state; do
    echo THAWED 2>/dev/null >"$state" || true
  done
}

# remove_cgroups RUN: waits for their last process, then removes them from the leaves up.
remove_cgroups() {
  local cgroup cgroups
  [ -e "$1/cgroups" ] || return 0
  mapfile -t cgroups < <(cut -d'|' -f4 "$1/cgroups")
  for cgroup in "${cgroups[@]}"; do
    for _ in {1..100}; do
      [ -d "$cgroup" ] || continue 2
      thaw "${cgroups[@]}"
      find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.1
    done
    say "engine: $cgroup still has processes"
    return 1
  done
}

# Every mounted hierarchy as `type|options|mount point|root`, the options cut down to those that name it.
hierarchies() {
  awk '
    {
      separator = 7
      while ($separator != "-") separator++
      type = $(separator + 1)
      if (type != "cgroup" && type != "cgroup2") next
      count = split($(separator + 3), option, ",")
      names = ""
      for (i = 1; i <= count; i++)
        if (option[i] !~ /^(rw|ro|xattr|clone_children|noprefix|nsdelegate|favordynmods|memory_.*|release_agent=.*)$/)
          names = names (names == "" ? "" : ",") option[i]
      print type "|" names "|" $5 "|" $4
    }' /proc/self/mountinfo
}

# own_path OPTIONS ROOT: this process's cgroup in a v1 hierarchy, as seen below its mount point.
own_path() {
  local path
  path=$(awk -F: -v names="$1" '$2 == names { print $3 }' /proc/self/cgroup)
  case $path in
    "$2") ;;
    "${2%/}"/*) echo "${path#"${2%/}"}" ;;
  esac
}

# delegate_controllers CGROUP: in v2 children have only the controllers that their parent hands on. A parent that may
# not is left as it is: the engine then runs without limits and says so.
delegate_controllers() {
  local controller
  [ -e "$1/cgroup.subtree_control" ] || return 0
  for controller in cpu cpuset io memory pids; do
    grep -qw "$controller" "$1/cgroup.subtree_control" ||
      echo "+$controller" 2>/dev/null >"$1/cgroup.subtree_control" || true
  done
}
