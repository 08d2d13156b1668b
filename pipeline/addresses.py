"""Which addresses are public, in every notation, and which others an operator allows. Pure.

Whoever connects to anything that a stranger may have named asks here, with the address that is
connected to: the crawl (crawler/guard.py) and the channels of alerts (alerts/channels/gate.py).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

NOT_PUBLIC: tuple[IPNetwork, ...] = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",  # benchmarks
        "240.0.0.0/4",
        "::/96",  # IPv4-compatible, long dead
        "64:ff9b:1::/48",  # local NAT64
        "100::/64",  # discard
        "2001:db8::/32",
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fec0::/10",  # site-local, long dead
    )
)
"""Ranges that some of the supported Python versions still call global."""

NAT64 = ipaddress.ip_network("64:ff9b::/96")


def unwrapped(address: IPAddress) -> IPAddress:
    """The IPv4 address inside a mapped, 6to4, Teredo or NAT64 one; any other as it is."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address.teredo is not None:
            return address.teredo[1]
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: IPAddress) -> bool:
    """Whether an address is one of the public Internet, whatever it is wrapped in."""
    inner = unwrapped(address)
    if not inner.is_global or inner.is_multicast or inner.is_reserved or inner.is_unspecified:
        return False
    return not any(inner in network for network in NOT_PUBLIC if network.version == inner.version)


def literal_address(host: str) -> IPAddress | None:
    """The address that ``host`` is in any notation (127.1, 0x7f000001, 2130706433, [::1]), or None."""
    bare = host.strip("[]").split("%")[0]
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(bare.rstrip(".")))
    except (OSError, ValueError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowList:
    """The private addresses that an operator lets the crawl reach."""

    hosts: frozenset[tuple[str, int | None]]  # lower case; no port means every port
    networks: tuple[IPNetwork, ...]

    @classmethod
    def parse(cls, items: Iterable[str]) -> Self:
        """Read entries that are a host, host:port, [IPv6]:port, address or CIDR range.

        Raises ValueError for an entry that is none of these.
        """
        hosts: set[tuple[str, int | None]] = set()
        networks: list[IPNetwork] = []
        for item in (item.strip().lower() for item in items):
            try:
                networks.append(ipaddress.ip_network(item, strict=False))
                continue
            except ValueError:
                pass
            parts = urlsplit(f"//{item}")
            if not parts.hostname or parts.path or parts.username is not None:
                raise ValueError(f"{item!r} is no host, host:port or network")
            hosts.add((parts.hostname, parts.port))
        return cls(hosts=frozenset(hosts), networks=tuple(networks))

    def allows(self, host: str, port: int, address: IPAddress | None = None) -> bool:
        """Whether a host or the address that it stands for was allowed."""
        host = host.lower().rstrip(".")
        if (host, None) in self.hosts or (host, port) in self.hosts:
            return True
        return address is not None and any(
            address in network for network in self.networks if network.version == address.version
        )
