"""A standalone Spark cluster of real processes on loopback, to try the models on. A real one has owners of its own."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

_HERE = Path(__file__).resolve().parent
_LOOPBACK = "127.0.0.1"
_PATIENCE = 120.0
# the kernel ends the process when its starter is killed; Spark's own script finds no Spark of an environment
_LAUNCH = """
import ctypes, os, signal, sys, pyspark
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
os.environ["SPARK_HOME"] = home = pyspark.__path__[0]
os.execv(os.path.join(home, "bin", "spark-class"), sys.argv)
"""


class ClusterFailed(RuntimeError):
    """A process of the cluster did not come up; the message names its log."""


@contextmanager
def standalone(python: Path, folder: Path, workers: int = 2, memory: str = "1g") -> Iterator[dict[str, str]]:
    """Start a master and workers of one core each, and end them all with the block, whatever happens in it.

    `python` is that of an environment with pyspark, `folder` takes logs, work files and a configuration that makes the
    processes and the driver prove a shared secret to each other. Gives the environment variables that make a driver
    use the cluster. Raises ClusterFailed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    environment = {"SPARK_CONF_DIR": str(_configure(folder / "conf")), "SPARK_LOCAL_IP": _LOOPBACK}
    port, page = _free_port(), _free_port()
    master = f"spark://{_LOOPBACK}:{port}"
    started: list[subprocess.Popen[bytes]] = []
    try:
        listen = ["--host", _LOOPBACK, "--port", str(port), "--webui-port", str(page)]
        started.append(_start(python, folder / "master.log", environment, "master.Master", *listen))
        _wait(page, 0, started, folder)
        for number in range(1, workers + 1):
            offer = ["--host", _LOOPBACK, "--cores", "1", "--memory", memory, "--webui-port", "0"]
            places = ["--work-dir", str(folder / f"work-{number}"), master]
            log = folder / f"worker-{number}.log"
            started.append(_start(python, log, environment, "worker.Worker", *offer, *places))
        _wait(page, workers, started, folder)
        yield {**environment, "CHISO_SPARK_MASTER": master, "CHISO_SPARK_PYTHON": str(python)}
    finally:
        _stop(started)


def _configure(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    settings = {
        "spark.authenticate": "true",
        "spark.authenticate.secret": secrets.token_urlsafe(32),
        "spark.driver.host": _LOOPBACK,
        "spark.driver.bindAddress": _LOOPBACK,
    }
    defaults = folder / "spark-defaults.conf"
    defaults.unlink(missing_ok=True)
    defaults.touch(mode=0o600)
    defaults.write_text("".join(f"{name} {value}\n" for name, value in settings.items()), encoding="ascii")
    (folder / "log4j2.properties").write_bytes((_HERE / "conf" / "log4j2.properties").read_bytes())
    return folder


def _start(
    python: Path, log: Path, environment: Mapping[str, str], kind: str, *options: str
) -> "subprocess.Popen[bytes]":
    command = [str(python), "-c", _LAUNCH, f"org.apache.spark.deploy.{kind}", *options]
    with log.open("wb") as output:
        # a group of its own, so that the executors that a worker starts end with it
        return subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait(page: int, workers: int, started: "list[subprocess.Popen[bytes]]", folder: Path) -> None:
    """Until the master answers and counts so many living workers."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if any(process.poll() is not None for process in started):
            raise ClusterFailed(f"a process of the Spark cluster ended; its log is in {folder}")
        try:
            if httpx.get(f"http://{_LOOPBACK}:{page}/json/", timeout=5).json()["aliveworkers"] >= workers:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.3)
    raise ClusterFailed(f"the Spark cluster had not started after {_PATIENCE:.0f} s; the logs are in {folder}")


def _stop(started: "list[subprocess.Popen[bytes]]") -> None:
    """Workers first, politely; then whatever is left of each group."""
    for process in reversed(started):
        process.terminate()
    for process in reversed(started):
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        return int(probe.getsockname()[1])
