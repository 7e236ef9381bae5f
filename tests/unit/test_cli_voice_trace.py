"""The ledger on the command line: trace forward and back, the unused, and what is wrongly asked for."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from risiko.cli.main import app
from risiko.cli.voice_trace import _few_hidden, _small_hidden
from risiko.pipeline.forward import Uses
from risiko.pipeline.plans import save_plan
from risiko.store import open_store
from tests.builders import batch, part
from tests.unit.test_ledger import EVIDENCE, JULY, ME, PLAN, SERVICES


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The story's evidence and plan, in a file; nothing was logged of what lay behind the plan."""
    from risiko import settings
    from risiko.pipeline import Authority

    path = str(tmp_path_factory.mktemp("trace") / "store.db")
    opened = open_store(path)
    opened.commit(batch(part("services", SERVICES), part("experiences", EVIDENCE)))
    save_plan(Authority(opened, settings.load()), PLAN, ME, at=JULY)
    opened.close()
    return path


def asked(*words: str) -> tuple[int, str]:
    answer = CliRunner().invoke(app, ["voice", *words])
    told = f"{answer.exception}" if answer.exception else ""
    return answer.exit_code, answer.output + told


def test_a_piece_is_traced_forward(store: str) -> None:
    code, out = asked("trace", "a2", "--store", store, "--json")
    told = json.loads(out)
    assert (code, told["state"], told["piece"][0]["piece_id"]) == (0, "held", "a1")
    assert [(row["plan"], row["service_id"], row["planned"], row["recorded"]) for row in told["plans"]] == [(1, "s006", True, False)]
    code, out = asked("trace", "a1", "--store", store)
    assert code == 0
    assert "findings: none" in out


def test_a_visit_is_traced_back_and_small_groups_have_no_number(store: str) -> None:
    code, out = asked("trace", "--plan", "1", "--service", "s006", "--store", store, "--json")
    evidence = {row["piece_id"]: row["n"] for row in json.loads(out)["evidence"]}
    assert code == 0
    assert evidence == {"a1": "40", "c1": "<5", "d1": "20", "h1": "30"}


def test_what_a_small_group_weighed_does_not_tell_how_many_they_were(store: str) -> None:
    """Three people's interview weighs another number of survey answers than two's."""
    code, out = asked("trace", "--plan", "1", "--service", "s006", "--store", store, "--json")
    behind = {row["piece_id"]: row["weight"] for row in json.loads(out)["evidence"]}
    assert code == 0
    assert behind["c1"] in (None, 0.0)
    assert behind["a1"] > 0
    for n, told in ((3, False), (20, True)):
        uses = _small_hidden(_uses(n), 5)
        assert uses.scores["weight"].notna().tolist() == [told, True]
        found = _few_hidden(pd.DataFrame({"n": [n], "weight": [3.7]}).astype({"n": "Int64"}), 5)
        assert found["weight"].notna().tolist() == [told]


def _uses(n: int) -> Uses:
    none = pd.DataFrame()
    piece = pd.DataFrame({"piece_id": ["a"], "n": pd.array([n], dtype="Int64")})
    return Uses(piece, "held", pd.DataFrame({"weight": [3.7, 0.0]}), none, none)


def test_what_is_not_used_is_listed_with_its_reason(store: str) -> None:
    code, out = asked("unused", "--organisation", "motvind", "--as-of", "2026-06-30", "--store", store, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["reasons"] == dict.fromkeys(
        ("area_unmatched", "survey_without_n", "too_few_answers", "delivered_twice", "service_unknown", "service_not_scored",
         "no_people"), 1)  # fmt: skip
    assert {row["piece_id"]: row["n"] for row in told["pieces"]}["g1"] == "<5"
    code, out = asked("unused", "--as-of", "2026-06-30", "--store", store)
    assert code == 0
    assert "too_few_answers" in out


@pytest.mark.parametrize("words", [(), ("a1", "--plan", "1", "--service", "s006"), ("--plan", "1"), ("--service", "s006")])
def test_what_cannot_be_followed_is_told_before_anything_is_read(store: str, words: tuple[str, ...]) -> None:
    code, out = asked("trace", *words, "--store", store)
    assert code != 0
    assert "Say what to follow" in out
