"""Testcontainers for Python: a container with a port and files, a network, and an image that is built."""

import pathlib
import tempfile
from urllib.request import urlopen

from testcontainers.core.container import DockerContainer
from testcontainers.core.image import DockerImage
from testcontainers.core.network import Network
from testcontainers.core.waiting_utils import wait_for_logs

with Network() as network:
    server = (
        DockerContainer("busybox:test")
        .with_command(["sh", "-c", "echo started; exec httpd -f -h /etc"])
        .with_exposed_ports(80)
        .with_network(network)
        .with_network_aliases("server")
        .with_env("MODE", "test")
    )
    with server:
        wait_for_logs(server, "started")
        address = f"http://{server.get_container_host_ip()}:{server.get_exposed_port(80)}/passwd"
        assert b"root" in urlopen(address).read()
        code, output = server.exec(["wget", "-qO-", "http://server/passwd"])
        assert code == 0 and b"root" in output

with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "Dockerfile").write_text('FROM busybox:test\nCMD ["echo", "built"]\n', encoding="utf-8")
    with DockerImage(path=folder, tag="mine:testcontainers") as image, DockerContainer(str(image)) as container:
        wait_for_logs(container, "built")
