"""Testcontainers for Python: a container with a port and files, a network, and an image that is built."""

import pathlib
import tempfile
from urllib.request import urlopen

from testcontainers.core.container import DockerContainer
from testcontainers.core.image import DockerImage
from testcontainers.core.network import Network
from testcontainers.core.wait_strategies import HttpWaitStrategy, LogMessageWaitStrategy

with Network() as network:
    server = (
        DockerContainer("busybox:test")
        .with_command(["httpd", "-f", "-h", "/etc"])
        .with_exposed_ports(80)
        .with_network(network)
        .with_network_aliases("server")
        .with_env("MODE", "test")
        .waiting_for(HttpWaitStrategy(80, "/passwd").for_status_code(200))
    )
    with server:
        address = f"http://{server.get_container_host_ip()}:{server.get_exposed_port(80)}/passwd"
        assert b"root" in urlopen(address).read()
        code, output = server.exec(["wget", "-qO-", "http://server/passwd"])
        assert code == 0 and b"root" in output

with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "Dockerfile").write_text('FROM busybox:test\nCMD ["echo", "built"]\n', encoding="utf-8")
    with DockerImage(path=folder, tag="mine:testcontainers") as image:
        with DockerContainer(str(image)).waiting_for(LogMessageWaitStrategy("built")):
            pass
