"""Where a request may go: the source's hosts only, and no private address behind any name."""

import ipaddress
import socket
from collections.abc import Callable

import httpx

from ingest.pull.faults import NetworkFault, PullRefused

_PORTS = {"http": 80, "https": 443}
# name and port -> the addresses behind it
Resolve = Callable[[str, int], list[str]]


def host_of(url: str) -> str:
    """Host and port of an address, for one queue: "pcivietnam.vn:443". Raises PullRefused when it cannot be used."""
    parts = url_of(url)
    return f"{parts.host}:{parts.port or _PORTS[parts.scheme]}"


def check_target(url: str, hosts: tuple[str, ...], came_from: str | None = None) -> None:
    """Raises PullRefused unless the address is http(s), names one of the hosts, and is no step down from https.

    A host that is listed without a port stands for the usual port of the scheme.
    """
    parts = url_of(url)
    if came_from and url_of(came_from).scheme == "https" and parts.scheme == "http":
        raise PullRefused(
            f"{came_from} leads on to {url}, which is not encrypted; it is not followed. Get the file by hand"
            " and drop it into the inbox"
        )
    port = parts.port or _PORTS[parts.scheme]
    names = {f"{parts.host}:{port}"} | ({parts.host} if port == _PORTS[parts.scheme] else set())
    if not names & {host.lower() for host in hosts}:
        leads = f"{came_from} leads on to" if came_from else "the source names"
        raise PullRefused(
            f"{leads} {url}, and its hosts are only {', '.join(hosts)}. If that host is the publisher's, add it to"
            " `hosts` in the source's YAML"
        )


def resolve_here(host: str, port: int) -> list[str]:
    """The addresses that this machine's name service gives. Raises NetworkFault when it gives none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise NetworkFault(f"the name {host} cannot be looked up ({error}). See that this machine is online") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def public_addresses(host: str, port: int, resolve: Resolve, allow_private: frozenset[str]) -> list[str]:
    """The addresses behind a name, every one of them public, or the host allowed. Raises PullRefused, NetworkFault."""
    addresses = resolve(host, port)
    if {host.lower(), f"{host.lower()}:{port}"} & allow_private:
        return addresses
    private = [address for address in addresses if not _is_public(address)]
    if private:
        raise PullRefused(
            f"{host} is at {', '.join(private)}, inside a private network; it is not asked. If that is meant, allow it:"
            f" CHISO_PULL_ALLOW_PRIVATE={host}:{port}"
        )
    return addresses


def is_url(url: str) -> bool:
    """Whether this can be asked at all, wherever it leads."""
    try:
        url_of(url)
    except PullRefused:
        return False
    return True


def url_of(url: str) -> httpx.URL:
    """An address taken apart. Raises PullRefused when it cannot be asked."""
    # the parser of the library that connects: two parsers may see two hosts in one address
    try:
        parts = httpx.URL(url)
        host, port = parts.host, parts.port
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise PullRefused(f"{url!r} is not an address that can be asked ({error})") from error
    if port is not None and not 0 < port < 1 << 16:
        raise PullRefused(f"{url} is not an address that can be asked; there is no port {port}")
    if "%" in host:
        raise PullRefused(f"{url} is not an address that can be asked; there is no host {host}")
    if parts.scheme not in _PORTS or not host:
        raise PullRefused(f"{url} is not an address that can be asked; it must begin with https:// or http://")
    if parts.userinfo:
        raise PullRefused(f"the address on {parts.host} holds a user name or password; leave it out")
    return parts


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        # an IPv4 address in IPv6 clothes goes to the IPv4 address
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(str(inner))
    return address.is_global and not address.is_multicast
