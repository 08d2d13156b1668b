"""Who may be called: addresses in every notation, the allow-list, names that resolve to the inside."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address

from crawler.guard import AllowList, _PublicOnly, check_address, is_public, literal_address
from crawler.outcomes import RefusedRequest
from pipeline.vocabulary import Rejection

NOBODY = AllowList.parse(())

INSIDE = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "0",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "127.0.0.1.",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd12::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a00:1]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::]",
    "[2002:a00:1::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[5f00::1]",
    "[100::1]",
    "[fe80::1%25eth0]",
]
OUTSIDE = [
    "93.184.216.34",
    "8.8.8.8",
    "1.1.1.1",
    "[2606:4700::1111]",
    "[2001:4860:4860::8888]",
    "[64:ff9b::808:808]",
]


@pytest.mark.parametrize("host", INSIDE)
def test_an_address_of_the_inside_is_refused_in_every_notation(host: str) -> None:
    with pytest.raises(RefusedRequest) as caught:
        check_address(f"http://{host}/feed", NOBODY)
    assert caught.value.reason in (Rejection.FORBIDDEN_ADDRESS, Rejection.BAD_ADDRESS)
    address = literal_address(host.strip("[]").replace("%25", "%"))
    assert address is not None
    assert not is_public(address)


@pytest.mark.parametrize("host", OUTSIDE)
def test_a_public_address_is_let_through(host: str) -> None:
    check_address(f"https://{host}/feed", NOBODY)
    address = literal_address(host)
    assert address is not None
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "data:text/html,x",
        "ftp://example.org/",
        "javascript:alert(1)",
        "//example.org/",
        "",
        "http://",
        "http:///path",
        "http://user@example.org/",
        "http://u:p@example.org/",
        "http://example.org:99999/",
        "http://exa mple.org/",
        "http://example.org\\@127.0.0.1/",
        "http://example.org/\x00",
        "http://[::1/",
        "gopher://x/",
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(RefusedRequest) as caught:
        check_address(url, NOBODY)
    assert caught.value.reason is Rejection.BAD_ADDRESS


def test_names_pass_the_first_check_for_the_resolver_decides() -> None:
    check_address("http://localhost/", NOBODY)


@pytest.mark.parametrize(
    ("items", "url", "allowed"),
    [
        (["127.0.0.1"], "http://127.0.0.1:8000/", True),
        (["127.0.0.1:8000"], "http://127.0.0.1:8000/", True),
        (["127.0.0.1:8000"], "http://127.0.0.1:8001/", False),
        (["127.0.0.1:80"], "http://127.0.0.1/", True),
        (["127.0.0.1:443"], "https://127.0.0.1/", True),
        (["127.0.0.0/8"], "http://127.1:9/", True),
        (["10.0.0.0/8"], "http://127.0.0.1/", False),
        (["::1"], "http://[::1]:5/", True),
        (["[::1]:5"], "http://[::1]:5/", True),
        (["[::1]:5"], "http://[::1]:6/", False),
    ],
)
def test_the_operator_lets_the_crawl_reach_the_inside(items: list[str], url: str, allowed: bool) -> None:
    allow = AllowList.parse(items)
    if allowed:
        check_address(url, allow)
    else:
        with pytest.raises(RefusedRequest):
            check_address(url, allow)


@pytest.mark.parametrize("item", ["http://example.org", "a/b", "user@host", "", "host:port"])
def test_entries_that_are_no_hosts(item: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        AllowList.parse([item])


class Receiver:
    """The downloader's end of a resolution."""

    def __init__(self) -> None:
        self.addresses: list[Any] = []
        self.complete = False

    def resolutionBegan(self, resolution: Any) -> None:
        """Nothing to note."""

    def addressResolved(self, address: Any) -> None:
        self.addresses.append(address.host)

    def resolutionComplete(self) -> None:
        self.complete = True


class Resolver:
    """What a filter asks of its resolver."""

    def __init__(self, *items: str) -> None:
        self.allow = AllowList.parse(items)
        self.refused: set[tuple[str, int]] = set()


@pytest.mark.parametrize(
    ("items", "passed", "refused"),
    [
        ((), ["8.8.8.8"], False),
        (("evil.example",), ["10.0.0.1", "::1", "8.8.8.8"], False),
        (("10.0.0.0/8",), ["10.0.0.1", "8.8.8.8"], False),
    ],
)
def test_of_a_name_only_permitted_addresses_are_connected_to(
    items: tuple[str, ...], passed: list[str], refused: bool
) -> None:
    receiver, resolver = Receiver(), Resolver(*items)
    gate = _PublicOnly(receiver, "evil.example", 80, resolver)  # type: ignore[arg-type]
    gate.addressResolved(IPv4Address("TCP", "10.0.0.1", 80))
    gate.addressResolved(IPv6Address("TCP", "::1", 80))
    gate.addressResolved(IPv4Address("TCP", "8.8.8.8", 80))
    gate.resolutionComplete()
    assert receiver.addresses == passed
    assert receiver.complete
    assert bool(resolver.refused) is refused


def test_a_name_with_no_permitted_address_is_remembered_as_refused() -> None:
    receiver, resolver = Receiver(), Resolver()
    gate = _PublicOnly(receiver, "evil.example", 80, resolver)  # type: ignore[arg-type]
    gate.addressResolved(IPv4Address("TCP", "192.168.0.1", 80))
    gate.resolutionComplete()
    assert receiver.addresses == []
    assert resolver.refused == {("evil.example", 80)}


def test_inet_aton_agrees_with_the_literals() -> None:
    assert literal_address("127.1") == ipaddress.IPv4Address(socket.inet_aton("127.1"))
    assert literal_address("example.org") is None
    assert literal_address("") is None
