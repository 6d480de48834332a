"""What watches Senoscope asks for what there is, and the documents name all of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from senoscope.realtime.histogram import NO_SPREAD
from senoscope.studies.network.sender import LONGEST_STOP_S
from senoscope.ui.access.scrape_token import SHORTEST, ScrapeToken
from senoscope.ui.monitoring.health_route import Unready
from senoscope.ui.studies.study_jobs import KEEP_LIMIT_S
from tests.test_house import HOUSE
from tests.ui.monitoring.test_metrics_route import served

DASHBOARD = HOUSE / "deploy" / "grafana" / "senoscope.json"
RULES = HOUSE / "deploy" / "prometheus" / "senoscope.rules.yml"
PROMETHEUS = HOUSE / "deploy" / "prometheus" / "prometheus.yml"
PAGE = HOUSE / "docs" / "observability.md"
NAMED = re.compile(r"\bsenoscope_[a-z_]+")
LABELS = re.compile(r"(senoscope_[a-z_]+)\{([^}]*)\}")
OF_SCRAPES = {"instance", "job"}
"""Labels that Prometheus adds."""


@pytest.fixture(scope="module")
def served_metrics(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Each sample's name and its labels, as `/metrics` gives them with everything there."""
    found: dict[str, set[str]] = {}
    with served(tmp_path_factory.mktemp("served")) as there:
        there.loop.counts = replace(there.loop.counts, stages={"segment": NO_SPREAD})
        text = there.client.get("/metrics").text
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def panels() -> list[dict[str, Any]]:
    return list(json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"])


def expressions() -> list[str]:
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return [
        *(target["expr"] for panel in panels() for target in panel["targets"]),
        *(rule["expr"] for group in rules["groups"] for rule in group["rules"]),
    ]


def test_all_that_is_asked_for_is_served_with_its_labels(
    served_metrics: dict[str, set[str]],
) -> None:
    asked = 0
    for expression in expressions():
        for name in NAMED.findall(expression):
            assert name in served_metrics, expression
            asked += 1
        for name, matchers in LABELS.findall(expression):
            labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers))
            assert labels <= served_metrics[name] | OF_SCRAPES, expression
    assert asked > 25


def test_the_dashboard_has_what_grafana_needs_to_import_it() -> None:
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    assert {"title", "uid", "schemaVersion", "panels", "templating", "time"} <= dashboard.keys()
    assert "id" not in dashboard or dashboard["id"] is None
    variables = {each["name"]: each for each in dashboard["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    numbers, places = [], []
    for panel in panels():
        assert {"id", "title", "type", "gridPos", "targets", "datasource"} <= panel.keys()
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert panel["targets"], panel["title"]
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        numbers.append(panel["id"])
        places += [
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        ]
        for target in panel["targets"]:
            used = set(re.findall(r"\$(\w+)", target["expr"])) - {"__rate_interval"}
            assert used <= variables.keys()
    assert len(set(numbers)) == len(numbers)
    assert len(set(places)) == len(places), "panels lie on one another"
    titles = " ".join(panel["title"] for panel in panels())
    for wanted in ("Frames by fate", "Capture to reading", "Falls", "Queues", "Disk"):
        assert wanted in titles


def test_of_the_store_which_rooms_share_one_line_and_one_alert_tells() -> None:
    of_the_store = re.compile(r"(max|min|count) by \(job(, state)?\) \(.*senoscope_(store|outbox)_")
    those = [each for each in expressions() if re.search(r"senoscope_(store|outbox)_", each)]
    assert len(those) > 7
    assert [each for each in those if not of_the_store.search(each)] == []


def test_each_alert_says_of_which_machine_or_of_the_store_and_what_it_means() -> None:
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in alerts}) == len(alerts) > 5
    for rule in alerts:
        assert rule["labels"]["severity"] in ("warning", "critical")
        summary, of_the_store = rule["annotations"]["summary"], "by (job)" in rule["expr"]
        assert ("$labels.instance" in summary) is not of_the_store
        assert ("exam store" in summary) is of_the_store


def test_no_alert_comes_while_a_room_is_started_again_by_hand() -> None:
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    (down,) = (
        rule for group in rules["groups"] for rule in group["rules"] if "up{" in rule["expr"]
    )
    # Its end keeps the open exam, and its start loads the networks.
    assert int(down["for"].removesuffix("m")) * 60 > KEEP_LIMIT_S + LONGEST_STOP_S


def test_the_example_asks_for_what_is_served(tmp_path: Path) -> None:
    asked = yaml.safe_load(PROMETHEUS.read_text(encoding="utf-8"))
    assert [(PROMETHEUS.parent / each).exists() for each in asked["rule_files"]] == [True]
    (job,) = asked["scrape_configs"]
    assert "metrics_path" not in job, "Prometheus asks for /metrics"
    token = "t" * SHORTEST
    kind = job["authorization"].get("type", "Bearer")
    with served(tmp_path, password="open sesame", scrape_token=ScrapeToken(token)) as there:
        headers = {"authorization": f"{kind} {token}"}
        assert there.client.get("/metrics", headers=headers).status_code == 200


def documented() -> dict[str, set[str]]:
    rows = re.findall(r"(?m)^\| `(senoscope_\w+)` \|([\w, ]*)\|", PAGE.read_text(encoding="utf-8"))
    return {name: set(filter(None, labels.strip().split(", "))) for name, labels in rows}


def test_the_document_names_every_metric_and_its_labels(
    served_metrics: dict[str, set[str]],
) -> None:
    histograms = {
        name.removesuffix("_bucket") for name in served_metrics if name.endswith("_bucket")
    }
    expected: dict[str, set[str]] = {}
    for name, labels in served_metrics.items():
        base = re.sub("_(bucket|count|sum|created)$", "", name)
        if base in histograms:
            expected.setdefault(base, set()).update(labels)
        else:
            expected[name] = labels
    assert documented() == expected


def test_the_document_names_every_reason() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [each.value for each in Unready if f"`{each.value}`" not in text] == []
