"""The examples of docker-py's README, with an image that the engine has. Nothing here knows of the proxy."""

import docker

client = docker.from_env()

assert client.containers.run("busybox:test", "echo hello world") == b"hello world\n"
running = client.containers.run("127.0.0.1:5000/busybox:test", ["sh", "-c", "echo splines; sleep 1000"], detach=True)

assert running in client.containers.list()

container = client.containers.get(running.id[:12])
assert container.attrs["Config"]["Image"] == "127.0.0.1:5000/busybox:test"
for line in container.logs(stream=True, follow=True):
    assert line == b"splines\n"
    break
assert container.logs() == b"splines\n"
container.stop(timeout=1)

image = client.images.pull("127.0.0.1:5000/busybox", tag="test")
assert "127.0.0.1:5000/busybox:test" in image.tags
client.images.list()

for container in client.containers.list(all=True):
    container.remove(force=True)
