"""Channels reach public addresses only: real sockets and a real webhook on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from pytest_httpserver import HTTPServer
from werkzeug.wrappers import Response

from alerts.channels.apprise import Apprise
from alerts.channels.gate import only_public
from pipeline.addresses import AllowList
from pipeline.errors import MessageRefusedError, TryLaterError
from storage.outbox_values import Leased, MessageSort

NOBODY = AllowList.parse(())


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1") as found:
        found.expect_request("/hook").respond_with_data("taken")
        yield found


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "[::ffff:127.0.0.1]"]
)
def test_no_socket_reaches_the_inside_in_any_notation(server: HTTPServer, host: str) -> None:
    with only_public(NOBODY) as refused, pytest.raises(OSError, match="no public address"):
        socket.create_connection((host.strip("[]"), server.port), timeout=5)
    assert refused == {host.strip("[]")}
    assert server.log == []


def test_what_the_operator_lists_is_reached(server: HTTPServer) -> None:
    with only_public(AllowList.parse([f"127.0.0.1:{server.port}"])):
        assert urlopen(server.url_for("/hook"), timeout=5).read() == b"taken"


def test_a_redirect_to_the_inside_is_not_followed(server: HTTPServer) -> None:
    with HTTPServer(host="127.0.0.2") as inside:
        inside.expect_request("/secret").respond_with_data("secret")
        away = Response(status=302, headers={"Location": inside.url_for("/secret")})
        server.expect_request("/away").respond_with_response(away)
        allow = AllowList.parse([f"127.0.0.1:{server.port}"])
        with only_public(allow) as refused, pytest.raises(OSError, match="no public address"):
            urlopen(server.url_for("/away"), timeout=5)
        assert refused == {"127.0.0.2"}
        assert inside.log == []


def test_other_threads_and_what_comes_after_are_not_held(server: HTTPServer) -> None:
    answers: list[bytes] = []
    with only_public(NOBODY):
        other = threading.Thread(target=lambda: answers.append(urlopen(server.url_for("/hook")).read()))
        other.start()
        other.join()
    answers.append(urlopen(server.url_for("/hook"), timeout=5).read())
    assert answers == [b"taken", b"taken"]


def message_to(recipient: str) -> Leased:
    return Leased(
        id=1,
        sort=MessageSort.DIGEST,
        channel="chat",
        recipient=recipient,
        message_id="<1@example.org>",
        subject="New",
        content=b"A case.",
        tries=1,
        doubts=0,
    )


# What apprise imports warns of what Python will take away.
chats = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@chats
@pytest.mark.parametrize(
    "address", ["json://127.0.0.1:{}/hook", "json://localhost:{}/hook", "json://2130706433:{}/hook"]
)
def test_a_webhook_of_the_inside_is_refused_with_a_word(server: HTTPServer, address: str) -> None:
    pytest.importorskip("apprise")
    with pytest.raises(MessageRefusedError, match="list it in allow_hosts"):
        Apprise(timeout=5).send(message_to(address.format(server.port)), lambda: None)
    assert server.log == []


@chats
def test_a_listed_webhook_gets_its_message(server: HTTPServer) -> None:
    pytest.importorskip("apprise")
    allowed = Apprise(timeout=5, allow_hosts=(f"127.0.0.1:{server.port}",))
    assert "taken by" in allowed.send(message_to(f"json://127.0.0.1:{server.port}/hook"), lambda: None)
    assert len(server.log) == 1


@chats
def test_a_server_that_fails_is_tried_later_and_not_refused(server: HTTPServer) -> None:
    pytest.importorskip("apprise")
    allowed = Apprise(timeout=5, allow_hosts=(f"127.0.0.1:{server.port}",))
    with pytest.raises(TryLaterError):
        allowed.send(message_to(f"json://127.0.0.1:{server.port}/missing"), lambda: None)
