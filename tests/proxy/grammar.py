"""Random requests: what programs send, and what somebody sends who wants the engine's host."""

from __future__ import annotations

import random

OWNER = {"dockwright.owner": "agent-1"}
NAMES = ["one", "two", "three", "four", "foreign"]
IMAGES = ["busybox:test"] * 6 + ["busybox", "foreign:1", "127.0.0.1:5000/busybox:test", "alpine", "docker.io/library/busybox:test"]
NOTHING = [None, False, "", 0, [], {}]
LABELS = [OWNER, {"dockwright.owner": "somebody"}, {"DOCKWRIGHT.OWNER": "agent-2"}, {"tier": "test"}, {}, None]
# Members of HostConfig, each with values that a policy may let pass and such as it must not.
HOST_CONFIG: dict[str, list] = {
    "Privileged": [False, True],
    "Binds": [
        ["/srv/proj:/w"], ["/srv/proj/site:/w:ro"], ["one:/data"], ["/etc:/e"], ["/srv/proj/../../etc:/e"], ["/srv/proj/link:/l"],
        ["foreign:/f"], ["/proc/self/root/etc:/e"], ["/srv/project:/p"], [],
    ],
    "Mounts": [
        [{"Type": "volume", "Source": "two", "Target": "/v"}], [{"Type": "bind", "Source": "/srv/proj", "Target": "/b"}],
        [{"Type": "bind", "Source": "/", "Target": "/b"}], [{"Type": "tmpfs", "Target": "/t"}],
        [{"Type": "volume", "Target": "/v", "VolumeOptions": {"DriverConfig": {"Options": {"o": "bind", "type": "none", "device": "/"}}}}],
        [{"Type": "volume", "Source": "foreign", "Target": "/v"}], [{"Type": "bind", "Source": "/srv/proj/link", "Target": "/l"}],
    ],
    "CapAdd": [None, [], ["SYS_ADMIN"], ["all"], ["cap_net_raw"]],
    "CapDrop": [None, ["ALL"], ["NET_RAW"]],
    "SecurityOpt": [None, [], ["seccomp=unconfined"], ["apparmor:unconfined"], ["no-new-privileges"], ["no-new-privileges=false"], ["label=disable"]],
    "PidMode": ["", "host", "container:foreign", "container:one"],
    "IpcMode": ["", "host", "private", "shareable", "container:foreign"],
    "UTSMode": ["", "host"],
    "UsernsMode": ["", "host"],
    "CgroupnsMode": ["", "private", "host"],
    "NetworkMode": ["", "default", "bridge", "none", "host", "container:foreign", "container:two", "foreign", "one"],
    "Devices": [[], [{"PathOnHost": "/dev/null", "PathInContainer": "/dev/n", "CgroupPermissions": "rwm"}]],
    "DeviceCgroupRules": [None, ["a *:* rwm"]],
    "DeviceRequests": [None, [{"Count": -1, "Capabilities": [["gpu"]]}]],
    "VolumesFrom": [None, ["foreign"], ["one:ro"]],
    "PortBindings": [
        {}, {"80/tcp": [{"HostPort": "8090"}]}, {"80/tcp": [{"HostIp": "", "HostPort": ""}]}, {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8091"}]},
        {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "22"}]}, {"80/tcp": [{"HostPort": "8000-9500"}]}, {"80/tcp": None},
    ],
    "PublishAllPorts": [False, True],
    "Memory": [0, 64 << 20, 2 << 30, 64 << 30, -1],
    "MemorySwap": [0, -1],
    "PidsLimit": [0, None, 100, -1, 100000],
    "Runtime": ["", "runc", "other"],
    "MaskedPaths": [None, []],
    "ReadonlyPaths": [None, []],
    "Sysctls": [None, {}, {"kernel.shm_rmid_forced": "1"}],
    "CgroupParent": ["", "/", "other"],
    "OomScoreAdj": [0, -900],
    "RestartPolicy": [{"Name": "no"}, {"Name": "always"}, {"Name": "on-failure", "MaximumRetryCount": 1}],
    "AutoRemove": [False, True],
    "ExtraHosts": [None, ["web:10.0.0.1"]],
    "LogConfig": [{"Type": "", "Config": {}}, {"Type": "json-file"}, {"Type": "syslog", "Config": {"syslog-address": "udp://127.0.0.1:514"}}],
    "Ulimits": [None, [], [{"Name": "nofile", "Soft": 64, "Hard": 64}]],
    "StorageOpt": [None, {}],
}
DRIVER_OPTIONS = [
    {}, {}, {"o": "bind", "type": "none", "device": "/"}, {"type": "nfs", "o": "addr=10.0.0.1", "device": ":/x"}, {"type": "tmpfs", "device": "tmpfs"},
]


class Grammar:
    """Makes requests, and remembers the ids that answers told."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.ids: list[str] = []
        self.execs: list[str] = []

    def request(self) -> tuple[str, str, dict | None, dict]:
        """The method, path, body and query of a request."""
        return self.chance.choices([self.create, self.act, self.execute, self.volume, self.network, self.service], [8, 5, 3, 2, 2, 2])[0]()

    def learn(self, path: str, status: int, answer: object) -> None:
        if status == 201 and isinstance(answer, dict) and "Id" in answer:
            (self.execs if path.endswith("/exec") else self.ids).append(answer["Id"])

    def create(self):
        body = {
            "Image": self.chance.choice(IMAGES),
            "Cmd": ["sleep", "100"],
            "Labels": self.chance.choice(LABELS),
            "HostConfig": self.host_config(),
        }
        if self.chance.random() < 0.1:
            body["NetworkingConfig"] = {"EndpointsConfig": {self.chance.choice(["foreign", "one", "host", "bridge"]): {}}}
        if self.chance.random() < 0.1:
            body["Volumes"] = {"/v": {}}
        return "POST", "/containers/create", body, self.maybe_named()

    def host_config(self) -> dict:
        # Few members, or hardly a request would pass.
        members = self.chance.sample(sorted(HOST_CONFIG), self.chance.choice([0, 1, 1, 2, 3]))
        config = {member: self.chance.choice(HOST_CONFIG[member]) for member in members}
        for member in self.chance.sample(sorted(HOST_CONFIG), 2):
            config.setdefault(member, self.chance.choice(NOTHING) if self.chance.random() < 0.1 else HOST_CONFIG[member][0])
        return config

    def maybe_named(self) -> dict:
        name = self.chance.choice(["", "", *NAMES, *[full[:12] for full in self.ids[-1:]]])
        return {"name": name} if name else {}

    def target(self) -> str:
        ids = self.ids[-8:]
        return self.chance.choice([*NAMES, *ids, *ids, *[full[:12] for full in ids]])

    def act(self):
        target = f"/containers/{self.target()}"
        query = {}
        body = None
        match self.chance.choice(["start", "start", "stop", "kill", "update", "rename", "delete", "inspect", "connect", "commit"]):
            case "update":
                path, body = f"{target}/update", {key: self.chance.choice(HOST_CONFIG[key]) for key in self.chance.sample(["Memory", "PidsLimit", "RestartPolicy"], 2)}
            case "rename":
                path, query = f"{target}/rename", {"name": self.chance.choice([*NAMES, *[full[:12] for full in self.ids[-1:]]])}
            case "delete":
                return "DELETE", target, None, {"force": "1"}
            case "inspect":
                return "GET", f"{target}/json", None, {}
            case "connect":
                path, body = f"/networks/{self.chance.choice([*NAMES, 'host', 'bridge'])}/connect", {"Container": self.target()}
            case "commit":
                path, query = "/commit", {"container": self.target(), "repo": self.chance.choice(["mine", "foreign", "busybox"]), "tag": "1"}
            case "stop":
                path, query = f"{target}/stop", {"t": "0"}
            case action:
                path = f"{target}/{action}"
        return "POST", path, body, query

    def execute(self):
        if self.execs and self.chance.random() < 0.4:
            return "POST", f"/exec/{self.chance.choice(self.execs)}/start", {"Detach": True}, {}
        body = {"Cmd": ["true"], "Privileged": self.chance.random() < 0.3, "User": self.chance.choice(["", "root"])}
        return "POST", f"/containers/{self.target()}/exec", body, {}

    def volume(self):
        name = self.chance.choice(NAMES)
        if self.chance.random() < 0.3:
            return "DELETE", f"/volumes/{name}", None, {"force": "1"}
        body = {"Name": name, "Driver": self.chance.choice(["local", "local", "", "other"]), "DriverOpts": self.chance.choice(DRIVER_OPTIONS)}
        return "POST", "/volumes/create", body | {"Labels": self.chance.choice(LABELS)}, {}

    def network(self):
        name = self.chance.choice(NAMES)
        if self.chance.random() < 0.3:
            return "DELETE", f"/networks/{name}", None, {}
        body = {
            "Name": name,
            "Driver": self.chance.choice(["bridge", "bridge", "", "macvlan", "host", "overlay"]),
            "Options": self.chance.choice([{}, {}, {"com.docker.network.bridge.name": "docker0"}, {"parent": "lo"}]),
            "Labels": self.chance.choice(LABELS),
        }
        return "POST", "/networks/create", body, {}

    def service(self):
        container = {"Image": self.chance.choice(IMAGES), "Command": ["sleep", "100"], "Init": True}
        if self.chance.random() < 0.5:
            container["Mounts"] = self.chance.choice(HOST_CONFIG["Mounts"])
        if self.chance.random() < 0.2:
            container["CapabilityAdd"] = ["CAP_SYS_ADMIN"]
        if self.chance.random() < 0.2:
            container["Privileges"] = {"Seccomp": {"Mode": "unconfined"}}
        body = {
            "Name": self.chance.choice(NAMES),
            "Labels": self.chance.choice(LABELS),
            "TaskTemplate": {"ContainerSpec": container, "Networks": self.chance.choice([None, [{"Target": "host"}], [{"Target": "foreign"}]])},
            "EndpointSpec": self.chance.choice([None, {"Mode": "dnsrr"}, {"Ports": [{"TargetPort": 80, "PublishedPort": 22, "PublishMode": "host"}]}]),
        }
        return "POST", "/services/create", body, {}
