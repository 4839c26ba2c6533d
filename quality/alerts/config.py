"""The configuration of alerts, free of secrets: channels, recipients, hours, addresses of pages.

Belongs here: reading and checking `alerts.yaml`, and the secrets that it names in the environment. A mistake is told
when it is loaded, with the file and the place, and not when a message should go out.
"""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker

from quality.alerts.channel_config import FILE_CHANNEL, Channel, Smtp, read_channels
from quality.alerts.office_hours import OfficeHours
from quality.text import one_line

FILE = "alerts.yaml"
DATA_TEAM = "data_team"
_HERE = Path(__file__).parent
_SEEDS = _HERE.parents[1] / "dbt_project" / "seeds"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_MASK = "•••"


class ConfigError(ValueError):
    """The configuration or the table of routes cannot be used; the message names the file, the place and the remedy."""


@dataclass(frozen=True)
class Recipient:
    """Somebody who is told things. `send` has (channel, address), the address empty where the channel has its own.

    `bound_by_plan`: where the plan asks all departments and communes for a report, it asks this one too.
    """

    code: str
    name_vi: str
    name_en: str
    at_any_hour: bool
    bound_by_plan: bool
    send: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Config:
    """All of `alerts.yaml`. `secrets` are the values that may never be shown."""

    sender: str
    dagster_url: str | None
    data_docs_url: str | None
    hours: OfficeHours
    give_up_after: timedelta
    remind_before_days: tuple[int, ...]
    channels: dict[str, Channel]
    recipients: dict[str, Recipient]
    secrets: frozenset[str] = field(repr=False)

    def mask(self, text: str) -> str:
        """The text without any secret, whole or as a part of an address."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, _MASK)
        return text

    @property
    def by_file_only(self) -> tuple[str, ...]:
        """Recipients whom nothing reaches: their messages stay in the outbox folder."""
        return tuple(
            code for code, one in self.recipients.items() if all(channel == FILE_CHANNEL for channel, _ in one.send)
        )


def load_config(folder: Path, environ: Mapping[str, str] | None) -> Config:
    """Read the shipped configuration with the installation's own, `alerts.yaml` in `folder`, laid over it.

    Raises ConfigError for anything that would fail when a message goes out: a value of the wrong form, an unknown
    channel, a recipient without an address, a variable that is not set, an agency that nobody speaks for. Without
    `environ` secrets are not asked for: enough to check the rest, not to send.
    """
    own = folder / FILE
    merged = _read(_HERE / FILE)
    if own.exists():
        merged = _laid_over(merged, _read(own))
    where = own if own.exists() else _HERE / FILE
    schema = json.loads((_HERE / "alerts.schema.json").read_text(encoding="utf-8"))
    checker = Draft202012Validator(schema, format_checker=FormatChecker())
    problems = [
        f"{'.'.join(map(str, error.absolute_path)) or 'the file'}: {_plainly(error)}"
        for error in sorted(checker.iter_errors(merged), key=lambda error: list(map(str, error.absolute_path)))
    ]
    _refuse(where, problems)
    channels, secrets = read_channels(merged["channels"], environ, problems)
    recipients = {code: _recipient(code, one, channels, problems) for code, one in merged["recipients"].items()}
    if not _is_address(merged["sender"]):
        problems.append(f"sender: {merged['sender']!r} is no mail address; write Name <name@host>")
    for code in (*agency_codes(), DATA_TEAM):
        if code not in recipients:
            problems.append(f"recipients: nobody speaks for {code}; add it, with `send: []` for the outbox folder")
    hours = merged["hours"]
    if hours["opens"] >= hours["closes"]:
        problems.append("hours: opens must be earlier than closes")
    _refuse(where, problems)
    swap = _seed("working_day_swap")
    days_off, made_up_for = (_days(row[name] for row in swap if row[name]) for name in ("day_off", "worked_instead"))
    extra = {name: _days(hours[name]) for name in ("extra_days_off", "extra_working_days")}
    return Config(
        sender=merged["sender"],
        dagster_url=_base(merged["links"].get("dagster")),
        data_docs_url=_base(merged["links"].get("data_docs")),
        hours=OfficeHours(
            opens=time.fromisoformat(hours["opens"]),
            closes=time.fromisoformat(hours["closes"]),
            daily_at=time.fromisoformat(hours["daily_at"]),
            weekday=_WEEKDAYS.index(hours["weekly_on"]),
            days_off=(days_off - extra["extra_working_days"]) | extra["extra_days_off"],
            working_days=(made_up_for - extra["extra_days_off"]) | extra["extra_working_days"],
        ),
        give_up_after=timedelta(days=merged["give_up_after_days"]),
        remind_before_days=tuple(sorted(merged["remind_before_days"])),
        channels=channels,
        recipients=recipients,
        secrets=secrets,
    )


def agency_codes() -> list[str]:
    """The agencies of the reviewed seed."""
    return [row["agency_code"] for row in _seed("agency")]


def _seed(name: str) -> list[dict[str, str]]:
    with (_SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _days(texts: Iterable[str]) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, texts))


def _read(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {' '.join(str(error).split())}; mend the YAML") from error
    if not isinstance(found, dict | None):
        raise ConfigError(f"{path}: write names and values, as in the alerts.yaml that ships")
    return found or {}


def _laid_over(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    both = {
        name: _laid_over(under[name], value) if isinstance(value, dict) and isinstance(under.get(name), dict) else value
        for name, value in over.items()
    }
    return under | both


def _plainly(error: Any) -> str:
    """jsonschema's words, but for an alternative of which only the last line helps: then what is allowed."""
    if error.validator == "oneOf":
        return (
            "no channel as described in the alerts.yaml that ships (kind smtp, apprise or webhook, with their fields)"
        )
    # YAML reads 2026-08-31 as a date and 19:00 as a number
    return f"{error.message}; put it into quotes" if error.validator_value == "string" else str(error.message)


def _refuse(where: Path, problems: list[str]) -> None:
    if problems:
        raise ConfigError(f"{where}: " + "; ".join(problems))


def _recipient(code: str, one: dict[str, Any], channels: dict[str, Channel], problems: list[str]) -> Recipient:
    send = []
    for place, way in enumerate(one["send"]):
        where, name, address = f"recipients.{code}.send.{place}", way["channel"], way.get("address", "")
        channel = channels.get(name)
        if name == FILE_CHANNEL:
            address = ""
        elif channel is None:
            problems.append(f"{where}: unknown channel {name!r}; there are: {', '.join(sorted(channels))}")
        elif isinstance(channel, Smtp):
            if not _is_address(address) or parseaddr(address)[1] != address:
                problems.append(f"{where}: {address!r} is no plain mail address (name@host)")
        elif address:
            problems.append(f"{where}: a channel of this kind has its own address; leave `address` out")
        send.append((name, address))
    return Recipient(
        code=code,
        name_vi=one_line(one["name_vi"]),
        name_en=one_line(one["name_en"]),
        # a file disturbs nobody
        at_any_hour=one.get("at_any_hour", False) or all(name == FILE_CHANNEL for name, _ in send),
        bound_by_plan=one.get("bound_by_plan", False),
        send=tuple(send) or ((FILE_CHANNEL, ""),),
    )


def _is_address(text: str) -> bool:
    name, address = parseaddr(text)
    if one_line(text) != text or not address.isascii() or address.count("@") != 1:
        return False
    try:
        parsed = Address(display_name=name, addr_spec=address)
    except (MessageError, ValueError, IndexError):
        return False
    return bool(parsed.username and parsed.domain)


def _base(url: str | None) -> str | None:
    return url.rstrip("/") if url else None
