"""The configuration: every mistake is told when it is loaded, with file and place, and no secret is ever shown."""

import logging
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from quality.alerts import config as config_module
from quality.alerts.channel_config import AppriseService, Smtp, ToFile, Webhook
from quality.alerts.config import Config, ConfigError, agency_codes, load_config
from tests.unit.quality.alerts.judgements import at

TELEGRAM = "tgram://123456789:AAbbCCddEEffGGhh_secret/987654321/"
PASSWORD = "very%private-2026"
SIGNING = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ENVIRON = {"MAIL_USER": "chiso-user", "MAIL_PASSWORD": PASSWORD, "TELEGRAM": TELEGRAM, "SIGNING": SIGNING}
CHANNELS = """
channels:
  mail: {kind: smtp, host: mail.example.org, port: 587, security: starttls,
         user_env: MAIL_USER, password_env: MAIL_PASSWORD}
  telegram: {kind: apprise, url_env: TELEGRAM}
  portal: {kind: webhook, url: "https://portal.example.org/alerts", secret_env: SIGNING}
"""


def load(home: Path, alerts_yaml: str | bytes, environ: dict[str, str] | None = None) -> Config:
    path = home / "alerts" / "alerts.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(alerts_yaml if isinstance(alerts_yaml, bytes) else alerts_yaml.encode())
    return load_config(home / "alerts", ENVIRON if environ is None else environ)


def send(channel: str, address: str | None = None) -> str:
    way = f"{{channel: {channel}" + (f', address: "{address}"}}' if address is not None else "}")
    return f"{CHANNELS}\nrecipients:\n  so_tai_chinh: {{send: [{way}]}}\n"


# --- what is right


def test_what_ships_loads_without_any_variable_and_reaches_only_the_outbox(tmp_path: Path) -> None:
    config = load_config(tmp_path, {})
    assert set(config.by_file_only) == config.recipients.keys()
    assert config.channels == {"file": ToFile()}
    assert config.secrets == frozenset()
    assert all(one.at_any_hour for one in config.recipients.values())


def test_every_agency_of_the_seed_and_the_communes_have_a_recipient(tmp_path: Path) -> None:
    recipients = load_config(tmp_path, {}).recipients
    assert {*agency_codes(), "data_team", "ubnd_xa_phuong"} <= recipients.keys()
    assert recipients["so_tai_chinh"].name_vi == "Sở Tài chính"


def test_the_file_of_the_home_is_laid_over_what_ships(tmp_path: Path) -> None:
    shipped = load_config(tmp_path, {})
    config = load(tmp_path, send("mail", "finance@example.org") + "\nhours: {daily_at: '08:15'}\n")
    assert config.recipients["so_tai_chinh"].send == (("mail", "finance@example.org"),)
    assert config.recipients["so_tai_chinh"].name_vi == "Sở Tài chính"
    assert not config.recipients["so_tai_chinh"].at_any_hour
    assert config.recipients["so_noi_vu"] == shipped.recipients["so_noi_vu"]
    assert (config.hours.daily_at, config.hours.opens) == (time(8, 15), time(7))
    assert config.sender == shipped.sender
    assert set(config.by_file_only) < config.recipients.keys()


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}"])
def test_an_empty_file_changes_nothing(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, text) == load_config(tmp_path / "elsewhere", {})


def test_every_kind_of_channel(tmp_path: Path) -> None:
    channels = load(tmp_path, CHANNELS).channels
    assert channels == {
        "mail": Smtp("mail.example.org", 587, "starttls", user="chiso-user", password=PASSWORD),
        "telegram": AppriseService(TELEGRAM),
        "portal": Webhook("https://portal.example.org/alerts", SIGNING),
        "file": ToFile(),
    }


def test_hours_days_and_numbers(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        """
hours: {weekly_on: friday, extra_days_off: ["2026-07-06"], extra_working_days: ["2026-07-11"]}
give_up_after_days: 0.5
remind_before_days: [3, 1, 20]
sender: "Chỉ số <chiso@example.org>"
links: {dagster: "https://dagster.example.org/"}
""",
    )
    assert not config.hours.is_working_day(date(2026, 7, 6))
    assert config.hours.is_working_day(date(2026, 7, 11))
    assert config.hours.next_weekly(at("2026-07-01T09:00")) == at("2026-07-03T07:30")
    assert config.give_up_after == timedelta(hours=12)
    assert config.remind_before_days == (1, 3, 20)
    assert config.dagster_url == "https://dagster.example.org"


def test_the_swaps_of_the_calendar_are_the_offices_too(tmp_path: Path) -> None:
    shipped = load(tmp_path, "{}").hours
    assert not shipped.is_working_day(date(2026, 1, 2))
    assert shipped.is_working_day(date(2026, 1, 10))
    own = load(tmp_path, 'hours: {extra_days_off: ["2026-01-10"], extra_working_days: ["2026-01-02"]}').hours
    assert own.is_working_day(date(2026, 1, 2))
    assert not own.is_working_day(date(2026, 1, 10))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_plain_text_mail_is_for_a_server_on_this_machine(tmp_path: Path, host: str) -> None:
    config = load(tmp_path, f"channels: {{mail: {{kind: smtp, host: '{host}', port: 25, security: none}}}}")
    assert isinstance(config.channels["mail"], Smtp)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/x", "http://localhost/x", "http://[::1]:9/x"])
def test_a_plain_webhook_is_for_this_machine(tmp_path: Path, url: str) -> None:
    config = load(tmp_path, f"channels: {{portal: {{kind: webhook, url: '{url}', secret_env: SIGNING}}}}")
    assert isinstance(config.channels["portal"], Webhook)


# --- mistakes: file, place, and what is wrong


def hook(url: str, secret: str = "SIGNING") -> str:
    return f"channels: {{portal: {{kind: webhook, url: '{url}', secret_env: {secret}}}}}"


MISTAKES: dict[str, tuple[str, str, str]] = {
    # name: file, place, words
    "bad YAML": ("hours: {opens: '07:00'", "line 1", "mend the YAML"),
    "a tab": ("hours:\n\topens: '07:00'", "line 2", "mend the YAML"),
    "a list": ("- mail", "", "names and values"),
    "a word": ("mail", "", "names and values"),
    "unknown key": ("chanels: {}", "the file", "'chanels' was unexpected"),
    "unknown key of hours": ("hours: {open: '07:00'}", "hours", "'open' was unexpected"),
    "unknown key of a recipient": ("recipients: {so_tai_chinh: {mail: a@b.vn}}", "recipients.so_tai_chinh", "'mail'"),
    "empty section": ("hours:", "hours", "None is not of type 'object'"),
    "no such time": ("hours: {daily_at: '25:00'}", "hours.daily_at", "25:00"),
    "time that YAML takes for a number": ("hours: {closes: 19:00}", "hours.closes", "put it into quotes"),
    "no such day": ("hours: {extra_days_off: ['2026-02-30']}", "hours.extra_days_off.0", "2026-02-30"),
    "day without quotes": ("hours: {extra_days_off: [2026-01-02]}", "hours.extra_days_off.0", "put it into quotes"),
    "no such weekday": ("hours: {weekly_on: sunday}", "hours.weekly_on", "sunday"),
    "closes before it opens": ("hours: {opens: '19:00', closes: '07:00'}", "hours", "opens must be earlier"),
    "never giving up": ("give_up_after_days: 0", "give_up_after_days", "0"),
    "negative reminder": ("remind_before_days: [-1]", "remind_before_days.0", "-1"),
    "link that is none": ("links: {dagster: 'javascript:alert(1)'}", "links.dagster", "javascript"),
    "unknown kind of channel": ("channels: {fax: {kind: fax}}", "channels.fax", "no channel as described"),
    "unknown key of a channel": (
        "channels: {mail: {kind: smtp, host: localhost, port: 25, security: none, password: geheim}}",
        "channels.mail",
        "no channel as described",
    ),
    "user without password": (
        "channels: {mail: {kind: smtp, host: h.vn, port: 25, security: tls, user_env: MAIL_USER}}",
        "channels.mail",
        "no channel as described",
    ),
    "channel called file": ("channels: {file: {kind: apprise, url_env: TELEGRAM}}", "channels", "file"),
    "variable that is not set": (
        "channels: {telegram: {kind: apprise, url_env: NOT_SET}}",
        "channels.telegram.url_env",
        "NOT_SET is not set",
    ),
    "plain-text mail to another machine": (
        "channels: {mail: {kind: smtp, host: mail.example.org, port: 25, security: none}}",
        "channels.mail.security",
        "this machine only",
    ),
    "plain webhook to another machine": (hook("http://portal.example.org"), "channels.portal.url", "https://"),
    "webhook that only looks local": (hook("http://localhost.example.org"), "channels.portal.url", "https://"),
    "webhook with user name that looks local": (hook("http://127.0.0.1@example.org"), "channels.portal.url", "https"),
    "webhook of another protocol": (hook("ftp://portal.example.org"), "channels.portal", "no channel as described"),
    "signing secret that is none": (hook("https://p.vn", "MAIL_PASSWORD"), "channels.portal.secret_env", "base64"),
    "signing secret that is empty": (hook("https://p.vn", "EMPTY_SIGNING"), "channels.portal.secret_env", "base64"),
    "password that sign-in cannot carry": (
        "channels: {mail: {kind: smtp, host: h, port: 25, security: tls, user_env: MAIL_USER, password_env: ACCENTS}}",
        "channels.mail.password_env",
        "ASCII only",
    ),
    "apprise without a check of certificates": (
        "channels: {telegram: {kind: apprise, url_env: UNCHECKED}}",
        "channels.telegram.url_env",
        "switches off the check of certificates",
    ),
    "apprise in the clear": (
        "channels: {telegram: {kind: apprise, url_env: CLEAR}}",
        "channels.telegram.url_env",
        "is not encrypted",
    ),
    "apprise to several at once": (
        "channels: {telegram: {kind: apprise, url_env: SEVERAL}}",
        "channels.telegram.url_env",
        "names several receivers",
    ),
    "certificate file that is not there": (
        "channels: {mail: {kind: smtp, host: mail.example.org, port: 587, security: starttls, ca_file: /no/such.pem}}",
        "channels.mail.ca_file",
        "there is no file /no/such.pem",
    ),
    "apprise nonsense": (
        "channels: {telegram: {kind: apprise, url_env: NONSENSE}}",
        "channels.telegram.url_env",
        "NONSENSE holds no address that Apprise knows",
    ),
    "unknown channel": (send("pigeon"), "recipients.so_tai_chinh.send.0", "there are: file, mail, portal, telegram"),
    "mail without an address": (send("mail"), "recipients.so_tai_chinh.send.0", "no plain mail address"),
    "mail to a name": (send("mail", "Finance <f@example.org>"), "recipients.so_tai_chinh.send.0", "mail address"),
    "mail to two": (send("mail", "a@example.org, b@example.org"), "recipients.so_tai_chinh.send.0", "mail address"),
    "mail with a line of its own": (
        send("mail", "f@example.org\\r\\nBcc: thief@example.org"),
        "recipients.so_tai_chinh.send.0",
        "mail address",
    ),
    "address of a channel that has one": (
        send("portal", "f@example.org"),
        "recipients.so_tai_chinh.send.0",
        "leave `address` out",
    ),
    "sender that is no address": ("sender: Chiso", "sender", "Name <name@host>"),
    "sender with a line of its own": (
        'sender: "Chiso <chiso@example.org>\\r\\nBcc: thief@example.org"',
        "sender",
        "Name <name@host>",
    ),
    "recipient taken out": ("recipients: {so_tai_chinh: null}", "recipients.so_tai_chinh", "not of type 'object'"),
    "new recipient without a name": ("recipients: {lanh_dao: {send: []}}", "recipients.lanh_dao", "'name_vi'"),
    "code in capitals": ("recipients: {LD: {name_vi: A, name_en: A, send: []}}", "recipients", "LD"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_names_file_and_place(tmp_path: Path, mistake: str) -> None:
    text, place, words = MISTAKES[mistake]
    environ = ENVIRON | {
        "NONSENSE": "carrier-pigeon",
        "EMPTY_SIGNING": "whsec_",
        "ACCENTS": "mật khẩu",
        "UNCHECKED": "jsons://example.org/path?verify=no",
        "CLEAR": "json://example.org/path",
        "SEVERAL": "tgram://123456789:abcdefghijklmnop/1001/1002",
    }
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, text, environ)
    said = str(refused.value)
    assert said.startswith(str(tmp_path / "alerts" / "alerts.yaml"))
    assert place in said
    assert words in said
    assert "\n" not in said


def test_without_an_environment_everything_but_the_secrets_is_checked(tmp_path: Path) -> None:
    """As when a code location loads, which must not ask for secrets."""
    (tmp_path / "alerts").mkdir()
    own = tmp_path / "alerts" / "alerts.yaml"
    own.write_text(CHANNELS, encoding="utf-8")
    assert load_config(own.parent, None).secrets == frozenset()
    own.write_text(send("pigeon"), encoding="utf-8")
    with pytest.raises(ConfigError, match="unknown channel 'pigeon'"):
        load_config(own.parent, None)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"alerts\.yaml: .*mend the YAML"):
        load(tmp_path, "sender: Chỉ số".encode("utf-16"))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, send("pigeon") + "sender: Chiso\nhours: {opens: '20:00'}\n")
    for place in ("recipients.so_tai_chinh.send.0", "sender", "hours"):
        assert place in str(refused.value)


def test_an_agency_that_nobody_speaks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "agency.csv").write_text("agency_code,name_vi\nso_tai_chinh,A\nso_moi,B\n", encoding="utf-8")
    (tmp_path / "working_day_swap.csv").write_text("day_off,worked_instead\n", encoding="utf-8")
    monkeypatch.setattr(config_module, "_SEEDS", tmp_path)
    with pytest.raises(ConfigError, match="nobody speaks for so_moi"):
        load_config(tmp_path, {})
    assert "so_moi" in load(tmp_path, "recipients: {so_moi: {name_vi: B, name_en: B, send: []}}").recipients


# --- secrets


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    config = load(tmp_path, CHANNELS)
    shown = f"{config!r} {config} {config.channels!r} {[str(one) for one in config.channels.values()]}"
    for secret in (PASSWORD, "chiso-user", TELEGRAM, "AAbbCCddEEffGGhh_secret", SIGNING):
        assert secret not in shown
    assert "mail.example.org:587" in shown


@pytest.mark.parametrize(
    "said",
    [
        f"535 refused: chiso-user {PASSWORD}",
        f"no answer from {TELEGRAM}",
        "https://api.example.org/bot123456789:AAbbCCddEEffGGhh_secret/sendMessage: 404",
        f"bad signature {SIGNING}",
    ],
)
def test_a_secret_is_masked_whole_and_in_part(tmp_path: Path, said: str) -> None:
    masked = load(tmp_path, CHANNELS).mask(said)
    assert "•••" in masked
    for secret in (PASSWORD, "chiso-user", "AAbbCCddEEffGGhh_secret", SIGNING):
        assert secret not in masked


def test_a_secret_is_masked_however_it_is_escaped(tmp_path: Path) -> None:
    environ = ENVIRON | {"TELEGRAM": "jsons://user:s%C6%A1-r%E1%BA%A5t-k%C3%ADn@example.org/path"}
    mask = load(tmp_path, CHANNELS, environ).mask
    assert "kín" not in mask("user:sơ-rất-kín refused")
    assert "%C3%ADn" not in mask("user:s%C6%A1-r%E1%BA%A5t-k%C3%ADn refused")


def test_other_text_is_left_alone(tmp_path: Path) -> None:
    assert load(tmp_path, CHANNELS).mask("mail.example.org: no answer") == "mail.example.org: no answer"


def test_a_refused_secret_is_not_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    environ = ENVIRON | {"TELEGRAM": "tgram://geheim-token/9", "SIGNING": "geheim!", "MAIL_PASSWORD": ""}
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, CHANNELS, environ)
    for said in (str(refused.value), caplog.text, *capfd.readouterr()):
        assert "geheim" not in said
    for name in ("TELEGRAM", "SIGNING", "MAIL_PASSWORD"):
        assert name in str(refused.value)
