"""Webhooks, Apprise's services and the outbox folder, against a real HTTP server on loopback."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from standardwebhooks import Webhook, WebhookVerificationError

from quality.alerts.overview import message_text
from quality.alerts.store import FILE, open_store
from tests.integration.alerts.house import House, fault

SECRET = "whsec_c3ludGhldGljLXNlY3JldC1vZi1hLXRlc3Q="
TOKEN = "synthetic-token-of-a-test"


class Receiver:
    """An HTTP server that answers with the statuses of its plan, then 200, and keeps what it was sent.

    The status 0 drops the connection without an answer, -1 answers after the client has given up.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.plan: list[int] = []
        self.got: list[tuple[dict[str, str], str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                outer.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                status = outer.plan.pop(0) if outer.plan else 200
                if status == -1:
                    time.sleep(0.8)
                if status <= 0:
                    self.close_connection = True
                    return
                self.send_response(status)
                if status == 302:
                    self.send_header("location", "http://127.0.0.1:9/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Be silent."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context:
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    running = Receiver(context)
    try:
        yield running
    finally:
        running.close()


@pytest.fixture
def http() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def house_of(home: Path, channel: dict[str, Any], **environ: str) -> House:
    """The data team is reached by one channel; a critical fault was found after the opening digest."""
    own = {
        "remind_before_days": [],
        "channels": {"other": channel},
        "recipients": {"data_team": {"send": [{"channel": "other"}]}},
    }
    house = House(home, own)
    house.environ |= environ
    house.judge([])
    house.tend()
    house.judge([fault("ALPHA-FAULT", 2010)])
    return house


def webhook(http: Receiver, **changes: Any) -> dict[str, Any]:
    url = f"http://127.0.0.1:{http.port}/hook"
    return {"kind": "webhook", "url": url, "secret_env": "SYNTHETIC_SECRET", "timeout_seconds": 0.4} | changes


@pytest.fixture
def hooked(tmp_path: Path, http: Receiver) -> House:
    return house_of(tmp_path / "home", webhook(http), SYNTHETIC_SECRET=SECRET)


def test_a_webhook_gets_signed_json(hooked: House, http: Receiver) -> None:
    assert hooked.tend().delivered.sent == 1
    [(headers, body)] = http.got
    content = Webhook(SECRET).verify(body, headers)
    assert content["type"] == "chiso.alert"
    assert content["data"]["recipient"] == "data_team"
    assert "ALPHA-FAULT" in content["data"]["text"]
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_YW5vdGhlci1zZWNyZXQ=").verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace("ALPHA", "OMEGA"), headers)


@pytest.mark.parametrize("status", [500, 503, 429, 408, 302, 0, -1])
def test_a_passing_refusal_is_tried_again_with_the_same_id(hooked: House, http: Receiver, status: int) -> None:
    http.plan = [status]
    assert len(hooked.tend().delivered.errors) == 1
    hooked.now += timedelta(minutes=5)
    assert hooked.tend().delivered.sent == 1
    assert len({headers["webhook-id"] for headers, _ in http.got}) == 1
    assert len(http.got) == 2


@pytest.mark.parametrize("status", [400, 401, 404, 410])
def test_a_refusal_for_good_is_given_up_in_the_open(hooked: House, http: Receiver, status: int) -> None:
    http.plan = [status]
    done = hooked.tend()
    assert [line.last_error for line in done.state.dead] == [f"HTTP {status} {_reason(status)}"]


def test_a_receiver_that_is_down_gets_it_when_it_is_back(tmp_path: Path) -> None:
    with receiving() as gone:
        house = house_of(tmp_path / "home", webhook(gone), SYNTHETIC_SECRET=SECRET)
    assert house.tend().state.deliveries["waiting"] == 1
    own = json.loads(json.dumps(webhook(gone)))
    assert own["url"].endswith("/hook")
    with receiving() as back:
        mended = House(
            house.settings.home,
            {
                "channels": {"other": webhook(back)},
                "remind_before_days": [],
                "recipients": {"data_team": {"send": [{"channel": "other"}]}},
            },
        )
        mended.environ |= {"SYNTHETIC_SECRET": SECRET}
        mended.now = house.now + timedelta(hours=1)
        assert mended.tend().delivered.sent == 1
        assert len(back.got) == 1


def test_a_certificate_is_checked(tmp_path: Path) -> None:
    authority, other = trustme.CA(), trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    for name, ca in (("other", other), ("right", authority)):
        ca.cert_pem.write_to_path(str(tmp_path / f"{name}.pem"))
    with receiving(context) as secure:
        url = f"https://127.0.0.1:{secure.port}/hook"
        for name, sent in (("other", 0), ("right", 1)):
            channel = webhook(secure, url=url, ca_file=str(tmp_path / f"{name}.pem"))
            house = house_of(tmp_path / name, channel, SYNTHETIC_SECRET=SECRET)
            assert house.tend().delivered.sent == sent
        assert len(secure.got) == 1


def apprise(http: Receiver) -> str:
    return f"json://synthetic:{TOKEN}@127.0.0.1:{http.port}/{TOKEN}"


def test_apprise_carries_title_and_text(tmp_path: Path, http: Receiver) -> None:
    channel = {"kind": "apprise", "url_env": "SYNTHETIC_URL"}
    house = house_of(tmp_path / "home", channel, SYNTHETIC_URL=apprise(http))
    assert house.tend().delivered.sent == 1
    [(_, body)] = http.got
    content = json.loads(body)
    assert content["title"].startswith("[Chiso] 2026-11-25 · Cảnh báo")
    assert "ALPHA-FAULT" in content["message"]


def test_apprise_is_tried_again_and_never_says_its_token(
    tmp_path: Path, http: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    channel = {"kind": "apprise", "url_env": "SYNTHETIC_URL"}
    house = house_of(tmp_path / "home", channel, SYNTHETIC_URL=apprise(http))
    http.plan = [500]
    done = house.tend()
    assert len(done.delivered.errors) == 1
    kept = (house.folder / FILE).read_bytes()
    house.now += timedelta(minutes=5)
    assert house.tend().delivered.sent == 1
    assert TOKEN.encode() not in kept
    assert TOKEN not in "\n".join(done.log) + repr(house.desk)


def test_without_a_channel_there_is_a_file_for_each_message_and_a_notice(tmp_path: Path) -> None:
    house = House(tmp_path / "home", {"remind_before_days": []})
    house.judge([fault("ALPHA-FAULT", 2010)])
    done = house.tend()
    assert done.nobody_reached
    assert done.delivered.filed == 2
    files = sorted(house.settings.outbox.iterdir())
    assert [path.name[:21] for path in files] == ["2026-11-25-data_team-", "2026-11-25-so_tai_chi"]
    for number, path in enumerate(files, start=1):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = mail.get_body(("plain",))  # type: ignore[attr-defined]
        with open_store(house.folder) as con:
            assert message_text(con, number) == body.get_content().replace("\r\n", "\n")


def test_a_full_or_forbidden_outbox_loses_nothing(tmp_path: Path) -> None:
    house = House(tmp_path / "home", {"remind_before_days": []})
    house.judge([fault("ALPHA-FAULT", 2010)])
    house.settings.outbox.parent.mkdir(parents=True, exist_ok=True)
    house.settings.outbox.write_text("a file where the folder should be", encoding="utf-8")
    done = house.tend()
    assert done.delivered.filed == 0
    assert done.state.deliveries["waiting"] == 2
    house.settings.outbox.unlink()
    house.now += timedelta(minutes=5)
    assert house.tend().delivered.filed == 2


def _reason(status: int) -> str:
    from http import HTTPStatus

    return HTTPStatus(status).phrase
