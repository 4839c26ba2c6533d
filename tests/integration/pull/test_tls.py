"""Nobody is believed without proof, and nothing goes over to plain text."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import trustme

from ingest.pull.config import PullConfig
from ingest.pull.faults import PullRefused
from tests.integration.pull.conftest import House
from tests.integration.pull.publisher_server import Publisher, Reply, redirect


def test_tls_is_always_checked(house: House, tmp_path: Path, sites: Callable[..., Publisher]) -> None:
    authority = trustme.CA()
    good, foreign = sites(authority=authority), sites("127.0.0.3", authority=trustme.CA())
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    house.allow(good, foreign, ca_file=bundle)
    for one in (good, foreign):
        one.serve("/a.csv", Reply(b"a,b"))
    house.file_at(f"{good.url}/a.csv", good)
    assert house.bytes_of(house.pull()) == [b"a,b"]
    house.file_at(f"{foreign.url}/a.csv", foreign)
    with pytest.raises(PullRefused, match=r"127\.0\.0\.3 cannot prove who it is"):
        house.pull()
    assert not foreign.asked
    house.allow(good, ca_file=None)
    house.file_at(f"{good.url}/a.csv", good)
    with pytest.raises(PullRefused, match="CHISO_PULL_CA_FILE"):
        house.pull()


def test_a_certificate_for_another_name(house: House, tmp_path: Path, sites: Callable[..., Publisher]) -> None:
    authority = trustme.CA()
    one = sites(authority=authority)
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    name = f"publisher.example:{one.at.partition(':')[2]}"
    house.config = PullConfig(allow_private=frozenset({name}), ca_file=bundle, tries=1)
    house.resolve = lambda host, port: [one.host]
    house.file_at(f"https://{name}/a.csv", hosts=[name])
    with pytest.raises(PullRefused, match=r"publisher\.example cannot prove who it is"):
        house.pull()


def test_no_step_down_from_https(
    house: House, site: Publisher, tmp_path: Path, sites: Callable[..., Publisher]
) -> None:
    authority = trustme.CA()
    safe = sites(authority=authority)
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    house.allow(site, safe, ca_file=bundle)
    site.serve("/a.csv", redirect(f"{safe.url}/up"))
    safe.serve("/up", Reply(b"up"))
    safe.serve("/down", redirect(f"{site.url}/b.csv"))
    house.file_at(f"{safe.url}/down", safe, site)
    with pytest.raises(PullRefused, match="which is not encrypted"):
        house.pull()
    house.file_at(f"{site.url}/a.csv", safe, site)
    assert house.bytes_of(house.pull()) == [b"up"]


def test_through_a_proxy_the_publisher_still_has_to_prove_who_it_is(
    house: House, tmp_path: Path, sites: Callable[..., Publisher]
) -> None:
    authority = trustme.CA()
    names = ("publisher.example",)
    good, other = sites(authority=authority, names=names), sites("127.0.0.3", authority=trustme.CA(), names=names)
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    good.robots = Reply(b"")
    good.serve("/a.csv", [Reply(b"a,b"), Reply(b"c,d" + b"x" * 9, announced=3)])
    house.file_at("https://publisher.example/a.csv", hosts=["publisher.example"])
    for site, ending in ((good, None), (good, "sends at least 9 more"), (other, "cannot prove who it is")):
        with tunnel(site) as proxy:
            house.config = PullConfig(proxy=proxy, ca_file=bundle, tries=1)
            if ending is None:
                assert house.bytes_of(house.pull()) == [b"a,b"]
                continue
            with pytest.raises(PullRefused, match=ending):
                house.pull()
    assert not other.asked


@contextmanager
def tunnel(site: Publisher) -> Iterator[str]:
    """A proxy that knows only CONNECT, and connects to `site` whatever it is asked for."""
    listening = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                assert client.recv(65536).startswith(b"CONNECT publisher.example:443")
                host, _, port = site.at.partition(":")
                server = socket.create_connection((host, int(port)))
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    listening.close()
