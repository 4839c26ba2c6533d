"""The body of an answer, piece by piece: no larger, no shorter and no longer in the making than it may be."""

import zlib
from collections.abc import Callable, Iterator

import httpx

from ingest.pull.faults import NetworkFault, PullRefused

# named in the request, so that nothing else may come
ACCEPTED = "gzip, deflate"
_PIECE = 1 << 18


def decoded(response: httpx.Response, limit: int, surplus: Callable[[int], int]) -> Iterator[bytes]:
    """The content without its transfer clothes (chunks, gzip), in bounded pieces.

    `surplus` tells how many bytes the connection holds beyond a body of so many. Raises PullRefused over `limit`
    bytes, packed or unpacked, for more than was announced, and for an encoding nobody asked for; NetworkFault when a
    packed body ends too early. httpx's own errors pass through.
    """
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise _too_large(response, f"announces {int(announced):,} bytes", limit)
    pieces = _counted(response.iter_raw(_PIECE), response, limit)
    if announced.isdecimal():
        pieces = _as_announced(pieces, int(announced), response, surplus)
    if encoding in ("", "identity"):
        return pieces
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise PullRefused(f"{response.url} comes packed as {encoding!r}, which was not asked for; it is not read")
    return _counted(_unpacked(pieces, response), response, limit)


def _counted(pieces: Iterator[bytes], response: httpx.Response, limit: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise _too_large(response, f"goes on after {limit:,} bytes", limit)
        yield piece


def _as_announced(
    pieces: Iterator[bytes], announced: int, response: httpx.Response, surplus: Callable[[int], int]
) -> Iterator[bytes]:
    """What comes after the announced end would be taken for the answer to the next request."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size == announced and (extra := surplus(size)) > 0:
            raise PullRefused(
                f"{response.url} announces {announced:,} bytes and sends at least {extra:,} more; it cannot be"
                " trusted. Ask the publisher, or get the file by hand and drop it into the inbox"
            )
        yield piece


def _unpacked(pieces: Iterator[bytes], response: httpx.Response) -> Iterator[bytes]:
    """Unpack with bounded output: a small body may unpack to any size."""
    machine = None
    for piece in pieces:
        while piece:
            if machine is None:
                machine = _machine(piece, response)
            try:
                out = machine.decompress(piece, _PIECE)
            except zlib.error as error:
                raise NetworkFault(f"{response.url} is packed and cannot be unpacked ({error}); try again") from error
            if out:
                yield out
            piece = machine.unconsumed_tail
            if machine.eof:
                # gzip may hold several members, one after the other
                piece, machine = machine.unused_data, None
        while machine is not None and (out := machine.decompress(b"", _PIECE)):
            yield out
    if machine is not None and not machine.eof:
        raise NetworkFault(f"{response.url} broke off: the packed body has no end; try again later")


def _machine(piece: bytes, response: httpx.Response) -> "zlib._Decompress":
    packed = response.headers["content-encoding"].lower()
    if "gzip" in packed:
        return zlib.decompressobj(zlib.MAX_WBITS | 16)
    # "deflate" means zlib, and some servers send the bare stream
    bare = len(piece) < 2 or piece[0] & 0x0F != 8 or int.from_bytes(piece[:2], "big") % 31
    return zlib.decompressobj(-zlib.MAX_WBITS if bare else zlib.MAX_WBITS)


def _too_large(response: httpx.Response, what: str, limit: int) -> PullRefused:
    return PullRefused(
        f"{response.url} {what}; at most {limit:,} are taken. If the file is really so large, raise `max_bytes` in the"
        " source's YAML"
    )
