"""Judges what exists on an engine by the policy of this folder, apart from the objects of somebody else."""

from __future__ import annotations

import os
from ipaddress import ip_address

from engine import Engine

OWNER = ("dockwright.owner", "agent-1")
FOREIGN = "foreign"
GIB = 1 << 30
IMAGES = {"busybox", "127.0.0.1:5000/busybox"}
# Those of every container. Who drops all may add some of them again.
DEFAULT_CAPABILITIES = set(
    "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE".split()
)
# Networks that each engine has, with and without a swarm.
OWN_NETWORKS = {"bridge", "host", "none", "docker_gwbridge", "ingress"}


def inspect(engine: Engine) -> None:
    """Raises an error that names the first object that the policy does not allow."""
    foreign = engine.get("/containers/foreign/json")["Id"]
    volumes = {volume["Name"]: volume for volume in engine.get("/volumes")["Volumes"] or []}
    for container in engine.get("/containers/json", all="1"):
        if container["Id"] != foreign:
            # It may be gone by now.
            status, found = engine.ask("GET", f"/containers/{container['Id']}/json")
            if status == 200:
                judge(found, judge_container, volumes, foreign)
                judge(found, judge_image, engine)
                judge_execs(engine, found)
    for network in engine.get("/networks"):
        if network["Name"] not in {*OWN_NETWORKS, FOREIGN}:
            judge(network, judge_network)
    for volume in volumes.values():
        judge(volume, judge_volume)
    if engine.get("/info")["Swarm"]["LocalNodeState"] == "active":
        for service in engine.get("/services"):
            judge(service, judge_service)


def judge(found: dict, judgement, *facts) -> None:
    try:
        judgement(found, *facts)
    except AssertionError as error:
        raise SystemExit(f"proxy: the engine has what the policy does not allow: {error}: {found}") from None


def is_owners(labels: dict | None) -> bool:
    return (labels or {}).get(OWNER[0]) == OWNER[1]


def judge_container(container: dict, volumes: dict, foreign: str) -> None:
    assert is_owners(container["Config"]["Labels"]), "a container without the owner's label"
    host = container["HostConfig"]
    # Tasks of a service are made by the swarm, which knows no such settings.
    if "com.docker.swarm.service.id" not in container["Config"]["Labels"]:
        judge_limits(host)
    judge_namespaces(host, foreign)
    for mount in container["Mounts"]:
        judge_mount(mount)
    for ports in (host["PortBindings"] or {}).values():
        for port in ports:
            judge_port(port["HostIp"], port["HostPort"])
    for ports in (container["NetworkSettings"]["Ports"] or {}).values():
        for port in ports or []:
            judge_port(port["HostIp"], port["HostPort"])
    assert not host["PublishAllPorts"], "all ports published"
    assert FOREIGN not in container["NetworkSettings"]["Networks"], "in a foreign network"
    for source in host["VolumesFrom"] or []:
        assert not source.startswith((FOREIGN, foreign[:12])), "volumes of a foreign container"


def judge_image(container: dict, engine: Engine) -> None:
    status, image = engine.ask("GET", f"/images/{container['Image']}/json")
    # Its owner may have removed it.
    if status == 200 and not is_owners(image["Config"]["Labels"]):
        assert any(tag.rpartition(":")[0] in IMAGES for tag in image["RepoTags"]), f"image {image['RepoTags']}"


def judge_limits(host: dict) -> None:
    assert "ALL" in (host["CapDrop"] or []), f"kept capabilities: {host['CapDrop']}"
    added = {name.upper().removeprefix("CAP_") for name in host["CapAdd"] or []}
    assert added <= DEFAULT_CAPABILITIES, f"capabilities {host['CapAdd']}"
    options = host["SecurityOpt"] or []
    assert any(option in ("no-new-privileges", "no-new-privileges=true", "no-new-privileges:true") for option in options), "new privileges"
    assert not any("unconfined" in option or "disable" in option or option.endswith("false") for option in options), "unconfined"
    assert 0 < host["Memory"] <= 2 * GIB, "memory"
    assert 0 < (host["PidsLimit"] or 0) <= 512, "pids"


def judge_namespaces(host: dict, foreign: str) -> None:
    assert not host["Privileged"], "privileged"
    # With cgroup v1, CgroupnsMode is that of the host by itself.
    for kind in ["PidMode", "IpcMode", "UTSMode", "UsernsMode", "NetworkMode"]:
        mode = host[kind]
        assert mode != "host" and mode not in (f"container:{FOREIGN}", f"container:{foreign}"), f"{kind} {mode}"
    for kind in ["Devices", "DeviceCgroupRules", "DeviceRequests", "CgroupParent"]:
        assert not host[kind], kind
    assert host["Runtime"] == "runc", "runtime"
    assert host["MaskedPaths"] and host["ReadonlyPaths"], "unmasked"
    assert host["LogConfig"]["Type"] in ("json-file", "local", "none"), "log driver"
    assert host["OomScoreAdj"] >= 0, "oom score"


def judge_mount(mount: dict) -> None:
    if mount["Type"] == "bind":
        source = os.path.realpath(mount["Source"])
        assert source == "/srv/proj" or source.startswith("/srv/proj/"), f"bind of {source}"
    if mount["Type"] == "volume":
        assert mount.get("Name") != FOREIGN, "a foreign volume"


def judge_port(address: str, port: str) -> None:
    assert ip_address(address).is_loopback, f"port on {address}"
    first, _, last = port.partition("-")
    assert 8000 <= int(first) and int(last or first) <= 8999, f"port {port}"


def judge_execs(engine: Engine, container: dict) -> None:
    for identity in container["ExecIDs"] or []:
        status, found = engine.ask("GET", f"/exec/{identity}/json")
        assert status != 200 or not found["ProcessConfig"].get("privileged"), "a privileged exec"


def judge_network(network: dict) -> None:
    assert is_owners(network["Labels"]), "a network without the owner's label"
    assert network["Driver"] in ("bridge", "overlay"), network["Driver"]
    assert "com.docker.network.bridge.name" not in (network["Options"] or {}) and "parent" not in (network["Options"] or {}), "a device"


def judge_volume(volume: dict) -> None:
    options = volume.get("Options") or {}
    assert options.get("type") in (None, "", "tmpfs") and "bind" not in options.get("o", ""), "a volume with a device"


def judge_service(service: dict) -> None:
    spec = service["Spec"]
    assert is_owners(spec["Labels"]), "a service without the owner's label"
    container = spec["TaskTemplate"]["ContainerSpec"]
    assert not container.get("CapabilityAdd"), "capabilities"
    assert not container.get("Privileges"), "privileges"
    for mount in container.get("Mounts") or []:
        assert mount["Type"] != "bind" or mount["Source"].startswith("/srv/proj"), "bind"
    assert not (spec.get("EndpointSpec") or {}).get("Ports"), "ports"
