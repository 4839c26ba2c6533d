"""Several processes at once: two runs, a run during `chiso alerts send`. Nobody is told twice."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from quality.alerts.delivery import Busy, only_sender
from quality.alerts.overview import tries
from quality.alerts.store import open_store
from tests.conftest import ROOT
from tests.integration.alerts.house import SECRETS, House, fault, mailing
from tests.integration.alerts.mail_server import MailServer


def send(house: House) -> "subprocess.Popen[str]":
    env = {**os.environ, **SECRETS, "CHISO_HOME": str(house.settings.home), "COLUMNS": "200"}
    command = [sys.executable, "-m", "orchestration.cli", "alerts", "send"]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_processes_that_send_at_once_send_each_message_once(tmp_path: Path, mail: MailServer) -> None:
    house = House(tmp_path / "home", mailing(mail))
    house.judge([])
    house.tend()
    house.judge([fault(f"ALPHA-{year}", year) for year in range(2001, 2013)])
    processes = [send(house) for _ in range(4)]
    while any(process.poll() is None for process in processes):
        house.tend()  # what the sensor does meanwhile
    for process in processes:
        said, _ = process.communicate()
        assert process.returncode == 0, said
    assert Counter(one.recipient for one in mail.taken) == {
        "data_team@example.org": 1,
        "so_tai_chinh@example.org": 1,
    }


def test_a_run_meanwhile_leaves_the_delivery_to_whoever_is_at_it(tmp_path: Path, mail: MailServer) -> None:
    house = House(tmp_path / "home", mailing(mail))
    house.judge([fault("ALPHA-FAULT", 2010)])
    with only_sender(house.folder):
        done = house.tend()
        assert done.messages == 2
        assert done.delivered.sent == 0
        assert "another process is delivering" in done.log[0]
        with pytest.raises(Busy), only_sender(house.folder):
            pass
    assert house.tend().delivered.sent == 2


def test_who_waits_delivers_what_the_other_left(tmp_path: Path, mail: MailServer) -> None:
    house = House(tmp_path / "home", mailing(mail))
    house.judge([fault("ALPHA-FAULT", 2010)])
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with only_sender(house.folder):
            is_held.set()
            may_go.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    is_held.wait()
    threading.Timer(0.3, may_go.set).start()
    assert house.tend(patience=10).delivered.sent == 2
    holder.join()


def test_the_lock_goes_with_a_killed_process(tmp_path: Path, mail: MailServer) -> None:
    """A sender killed while the server is slow: the next one sends again under the same Message-ID."""
    house = House(tmp_path / "home", mailing(mail))
    house.judge([fault("ALPHA-FAULT", 2010)])
    mail.plan("slow_answer")
    process = send(house)
    while not mail.taken:
        time.sleep(0.02)
    process.kill()
    process.communicate()
    house.now = house.now.replace(year=2027)
    done = house.tend()
    assert done.delivered.sent == 2
    first, *rest = mail.taken
    assert [one.mail_id for one in rest].count(first.mail_id) == 1
    with open_store(house.folder) as con:
        outcomes = [row["outcome"] for row in tries(con, 1)]
    assert outcomes == ["cut_off", "taken"]
