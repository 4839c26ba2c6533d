"""Guessing passwords. The last file of the folder: afterwards nobody signs in from here for a minute."""

import re

import httpx
import pytest

from tests.bi.conftest import USER, WORKERS, Superset

TRIES = 20 * WORKERS + 1  # each process counts for itself


@pytest.mark.parametrize("place", ["/login/", "/api/v1/security/login"])
def test_passwords_cannot_be_tried_without_end(superset: Superset, place: str) -> None:
    wrong = {"username": USER, "password": "wrong"}
    with httpx.Client(base_url=superset.url, timeout=60) as client:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login/").text)
        assert token
        for _ in range(TRIES):
            if place == "/login/":
                answered = client.post(place, data=wrong | {"csrf_token": token[1]})
            else:
                answered = client.post(place, json=wrong | {"provider": "db"})
            if answered.status_code == 429:
                return
    pytest.fail(f"{TRIES} wrong passwords were looked at")
