"""A synthetic CKAN portal: the actions that an upload needs, over real HTTP on loopback.

It answers as CKAN 2.10 documents its action API: envelopes, error types, status codes, partial updates, files as
multipart. It is no CKAN: that needs PostgreSQL and Solr, and was not tried.
"""

import json
from email import policy
from email.parser import BytesParser
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

TOKEN = "synthetic-token-of-the-test"
ORGANIZATION = "so-tai-chinh"


class SyntheticPortal:
    """`datasets` by name, `files` (SHA-256) by resource id, `asked` (action, what came with it) in their order.

    `answers` maps an action to (status, content type, body) that is given instead.
    """

    def __init__(self) -> None:
        self.datasets: dict[str, dict[str, Any]] = {}
        self.files: dict[str, str] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.tokens: set[str | None] = set()
        self.answers: dict[str, tuple[int, str, bytes]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    def __enter__(self) -> "SyntheticPortal":
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def changes(self) -> list[str]:
        return [action for action, _ in self.asked if not action.endswith("_show")]

    def resources(self, dataset: str) -> dict[str, dict[str, Any]]:
        return {one["name"]: one for one in self.datasets[dataset]["resources"]}

    def _resource(self, key: str) -> tuple[dict[str, Any], dict[str, Any]]:
        return next((d, r) for d in self.datasets.values() for r in d["resources"] if r["id"] == key)

    def act(self, action: str, data: dict[str, Any], upload: bytes | None) -> Any:
        """What CKAN answers as `result`; raises LookupError for what is not there."""
        if action == "organization_show":
            return {"id": "org-1", "name": {ORGANIZATION: ORGANIZATION}[data["id"]]}
        if action == "package_show":
            return self.datasets[data["id"]]
        if action == "package_create":
            self.datasets[data["name"]] = {"id": "dataset-1", "state": "active", "resources": [], **data}
        elif action == "package_patch":
            next(d for d in self.datasets.values() if d["id"] == data["id"]).update(data)
        elif action == "resource_create":
            made = {key: value for key, value in data.items() if key != "package_id"}
            made["id"] = f"resource-{len(self.asked)}"
            self.datasets[data["package_id"]]["resources"].append(made)
            data = made
        elif action == "resource_patch":
            self._resource(data["id"])[1].update(data)
        elif action == "resource_delete":
            dataset, resource = self._resource(data["id"])
            dataset["resources"].remove(resource)
        else:
            raise LookupError(action)
        if upload is not None:
            self.files[data["id"]] = sha256(upload).hexdigest()
        return {}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        portal = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                action = self.path.removeprefix("/api/action/")
                data, upload = _read(self.headers["Content-Type"], body)
                token = self.headers["Authorization"]
                portal.asked.append((action, data))
                portal.tokens.add(token)
                if action in portal.answers:
                    self._answer(*portal.answers[action])
                elif not action.endswith("_show") and token != TOKEN:
                    self._say(403, {"__type": "Authorization Error", "message": "Access denied"})
                else:
                    try:
                        self._say(200, portal.act(action, data, upload))
                    except LookupError:
                        self._say(404, {"__type": "Not Found Error", "message": "Not found"})

            def _say(self, status: int, what: Any) -> None:
                envelope = {"success": status == 200, "result" if status == 200 else "error": what}
                self._answer(status, "application/json", json.dumps(envelope).encode())

            def _answer(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler


def _read(kind: str, body: bytes) -> tuple[dict[str, Any], bytes | None]:
    if kind == "application/json":
        return json.loads(body), None
    message = BytesParser(policy=policy.HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    data, upload = {}, None
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        if part.get_filename():
            upload = content
        else:
            data[part.get_param("name", header="content-disposition")] = content.decode()
    return data, upload
