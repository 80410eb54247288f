"""Tests cannot reach the network: a forgotten fake fails loudly instead of asking a stranger's server."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock


class NetworkIsOff(AssertionError):
    """A test tried to reach a machine other than this one."""


def is_local(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost", "testserver"):
        return True
    try:
        return ipaddress.ip_address(str(host).split("%")[0]).is_loopback
    except ValueError:
        return False


@contextmanager
def off() -> Iterator[None]:
    """Refuses name look-ups and connections that leave this machine; local sockets work."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def refuse(address: Any) -> None:
        if isinstance(address, tuple) and not is_local(address[0]):
            raise NetworkIsOff(f"The network is off in tests, and this one asked for {address[0]}:{address[1]}.")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        refuse(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        refuse(address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        refuse((host, port))
        return getaddrinfo(host, port, *args, **options)

    with (
        mock.patch.object(socket.socket, "connect", guarded_connect),
        mock.patch.object(socket.socket, "connect_ex", guarded_connect_ex),
        mock.patch.object(socket, "getaddrinfo", guarded_getaddrinfo),
    ):
        yield
