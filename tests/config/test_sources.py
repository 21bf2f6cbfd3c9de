"""Sources of alerts, as the configuration describes them: what they become, and that tokens stay ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from escalate_cli.config.load import load
from escalate_cli.config.masking import mask
from escalate_cli.config.secret_templates import secret_templates
from escalate_cli.config.secrets import MissingSecret, fill_in
from escalate_cli.config.secrets_around import secrets_around
from escalate_cli.core.calendar.duration import DAY, HOUR, MINUTE, SECOND
from escalate_cli.core.organisation import codec
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.source import Grouping, Source, WhenOver
from escalate_cli.setup.starter import starter_files
from tests.config.test_contract import CONTRACT
from tests.organisations import SMALLEST

HOOK = '[sources.hook]\nkind = "json"\ntoken = "${T}"\n'
FALLBACK = '[fallback]\nteam = "ops"\npage = ["person:ana"]\n'


def catalog_of(directory: Path, text: str, base: str = SMALLEST) -> Catalog:
    (directory / "base.toml").write_text(base)
    (directory / "more.toml").write_text(text)
    loaded = load(directory)
    assert loaded.problems == ()
    assert codec.decode(codec.encode(loaded.catalog)) == loaded.catalog
    return loaded.catalog


def told(directory: Path, text: str, base: str = SMALLEST) -> list[tuple[str, str]]:
    """Where something is, and what."""
    (directory / "base.toml").write_text(base)
    (directory / "more.toml").write_text(text)
    places = [(problem.place, problem.code) for problem in load(directory).problems]
    return [(f"{place.file}:{place.line}:{place.column}", code) for place, code in places]


if CONTRACT.exists():

    def test_the_contract_s_sample_of_a_source_is_clean(tmp_path: Path) -> None:
        blocks = re.findall(r"```toml\n(.*?)```", CONTRACT.read_text(), re.DOTALL)
        sample = next(block for block in blocks if "[sources.prometheus]" in block)
        assert catalog_of(tmp_path, sample).sources["prometheus"] == Source(
            id="prometheus",
            kind="alertmanager",
            token="${PROMETHEUS_HOOK}",
            pull="http://127.0.0.1:9093",
            service=("{labels.service}", "{labels.app}"),
            severity={"page": "critical", "warning": "minor"},
            group=Grouping.ALERT,
            settle=30 * SECOND,
            over=WhenOver.RESOLVE,
            reopen=10 * MINUTE,
            labels=("alertname", "instance", "cluster"),
            source="more.toml:1",
        )


def test_most_of_it_may_be_left_out(tmp_path: Path) -> None:
    catalog = catalog_of(
        tmp_path,
        HOOK + '[sources.backup]\nkind = "heartbeat"\nevery = "1d"\ngrace = "2h"\nservice = "web"\n'
        '[sources.kuma]\nkind = "uptime-kuma"\nseverity = { WARN = "minor" }\nsettle = "0s"\nlabels = []\n'
        "[settings]\njoin = false\n",
    )
    assert catalog.sources["hook"] == Source(
        id="hook", kind="json", token="${T}", reopen=10 * MINUTE, source="more.toml:1"
    )
    backup = catalog.sources["backup"]
    assert (backup.every, backup.grace, backup.service) == (DAY, 2 * HOUR, ("web",))
    assert catalog.sources["kuma"].severity == {"warn": "minor"}
    assert catalog.sources["kuma"].labels == ()
    assert not catalog.settings.join
    assert catalog_of(tmp_path, HOOK).settings.join


@pytest.mark.parametrize("name", ["web", "WEB", "The shop", "the  shop!", "kasse", "{labels.a} web", "{{x}}"])
def test_a_service_is_named_by_its_id_its_name_or_a_keyword(tmp_path: Path, name: str) -> None:
    base = SMALLEST.replace("[services.web]", '[services.web]\nname = "The shop"\nkeywords = ["Kasse", "x"]')
    assert catalog_of(tmp_path, f'{HOOK}service = "{name}"', base).sources["hook"].service == (name,)


def test_the_services_of_a_file_that_cannot_be_read_are_not_missed(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(SMALLEST)
    (tmp_path / "more.toml").write_text(HOOK + 'service = "Basket"\n')
    (tmp_path / "services.toml").write_text('[services.b]\nname = "Basket"\nteam = "opps"\n')
    with pytest.raises(Exception, match="there is no team") as raised:
        load(tmp_path)
    assert [problem.code for problem in raised.value.problems] == ["unknown-reference"]  # type: ignore[attr-defined]


def test_alerts_that_may_lead_to_nobody(tmp_path: Path) -> None:
    without = SMALLEST.replace('team = "ops"\npage', "page", 1)
    assert ("more.toml:1:10", "fallback-missing") in told(tmp_path, HOOK, without)
    assert ("more.toml:1:10", "fallback-missing") in told(
        tmp_path, HOOK + 'service = ["{labels.app}", "{title}"]', without
    )
    for text, base in ((HOOK + 'service = ["{labels.app}", "web"]', without), (HOOK, SMALLEST)):
        assert "more.toml:1:10" not in [place for place, _ in told(tmp_path, text, base)]


def test_another_source_is_another_version_also_from_the_cache(tmp_path: Path) -> None:
    config, cache = tmp_path / "config", tmp_path / "cache"
    config.mkdir()
    (config / "base.toml").write_text(SMALLEST)
    versions = {load(config, cache).catalog.version}
    for text in (HOOK, HOOK + 'settle = "5m"\n', HOOK + 'settle = "6m"\n'):
        (config / "more.toml").write_text(text)
        catalog = load(config, cache).catalog
        assert load(config, cache).catalog == catalog == load(config).catalog
        versions.add(catalog.version)
    assert len(versions) == 4


def test_the_starter_s_example_of_a_source_is_clean(tmp_path: Path) -> None:
    for name, text in starter_files("Europe/London").items():
        head, mark, example = text.partition("# [sources.")
        (tmp_path / name).write_text(head + (mark + example).replace("\n# ", "\n").removeprefix("# "))
    loaded = load(tmp_path)
    assert loaded.problems == ()
    assert list(loaded.catalog.sources) == ["prometheus"]


# ── tokens ────────────────────────────────────────────────────────────────────────────


def test_every_text_that_refers_to_secrets_is_known(tmp_path: Path) -> None:
    catalog = catalog_of(
        tmp_path,
        HOOK.replace("json", "grafana") + 'pull = "http://${H}:3000"\n'
        '[heartbeat]\nurl = "https://hc.example/${B}"\n'
        '[gateways.mail]\nurl = "mailtos://${U}:${P}@x.example?to={to}"\n'
        'answers = "imaps://${U}:${I}@x.example"\n'
        '[gateways.hand]\nurl = "json://x/{to}"\nanswers = "by-command"\n',
    )
    assert set(re.findall(r"\$\{\w\}", " ".join(secret_templates(catalog)))) == {
        f"${{{name}}}" for name in "THBUPI"
    }
    assert "by-command" not in secret_templates(catalog)


def test_what_a_token_says_is_hidden_however_it_is_written() -> None:
    around = secrets_around(
        {"T": "a/b c"}, ("Bearer-${T}", "written-down", "http://me:in-a-url@h", "http://h:${T}@x")
    )
    assert {"a/b c", "written-down", "in-a-url"} <= around
    assert not any("$" in value for value in around)


def test_a_token_is_the_value_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "hook").write_text("x/{to} ${Y}\n")
    assert fill_in(f"a-${{T}}-${{file:{tmp_path}/hook}}{{to}}", {"T": "p@ß"}) == "a-p@ß-x/{to} ${Y}{to}"
    with pytest.raises(MissingSecret):
        fill_in("${T}", {})


@pytest.mark.parametrize(
    "line",
    [
        'kind = "jsn"  # of the shop',
        "service = [\"{labels.app}\", 'web', ]",
        'service = "wbe"',
        'sources.s.severity = { page = "critical", "very bad" = "minor" }',
        "labels = []",
    ],
)
def test_a_line_of_a_source_that_holds_no_secret_is_shown(line: str) -> None:
    assert mask(line, suspicious=True) == line


@pytest.mark.parametrize(
    "line",
    [
        'token = "CANARY"',
        'tokn = "CANARY"',
        's = { kind = "json", token = "CANARY" }',
        'kind = "json", token = "CANARY" }',
        'severity = { page = "major" }, token = "CANARY" }',
        'severity = { a = "b", c = { token = "CANARY" } }',
        'service = ["a"], token = "CANARY"',
        '  "CANARY",',
        "severity = {" + 'a = "b"   ' * 80 + ' x = "CANARY',
    ],
)
def test_a_line_of_a_source_that_may_hold_a_secret_is_not(line: str) -> None:
    assert "CANARY" not in mask(line, suspicious=True)
