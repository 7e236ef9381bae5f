"""Texts past their time go; scores, numbers and the log stay, and nothing that still has time loses a word."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from typer import Typer
from typer.testing import CliRunner

from risiko import asof, cohorts, settings
from risiko.access import NotAllowed, Person, local
from risiko.cli.voice_purge import purge as command
from risiko.pipeline import Authority, data_version
from risiko.pipeline.purge import purge, what_is_due
from risiko.signals import Context
from risiko.signals.experience import experience_mean
from risiko.signals.narratives import narrative_fear
from risiko.store import open_store
from risiko.store.base import Store
from tests.builders import batch, part, rejects
from tests.unit.test_store_erase import bytes_in

TODAY, NOW = date(2026, 6, 1), datetime(2026, 6, 1, 12)
FEARFUL, GOOD = "Vi tør ikke å klage.", "Alt er bra her, takk."
SERVICES = "service_id | users\na | 40\nb | 60\nc | 50"
# sub-1 was kept until yesterday, sub-2 is kept until today; sub-3 was to be kept long, and was then told to go.
SUBMISSIONS = """
submission_id | known_date | first_day | event_date | method | organisation | asked_by | reached | user_group | n | consent | purpose | keep_until | wants_back | content_hash
sub-1 | 2025-02-01 | 2025-01-01 | 2025-01-31 | interview | Nord | en leder | members | users | 9 | agreed | supervision | 2026-05-31 | svar | h1
sub-2 | 2025-02-01 | 2025-01-01 | 2025-01-31 | interview | Nord | en leder | members | users | 9 | agreed | supervision | 2026-06-01 | svar | h2
sub-3 | 2025-02-01 | 2025-01-01 | 2025-01-31 | interview | | | members | users | 9 | agreed | supervision | 2030-01-01 | svar | h3
"""
SHORTER = "\n".join(SUBMISSIONS.strip().splitlines()[i] for i in (0, 3)).replace("2030-01-01", "2025-12-31").replace("2025-02-01", "2025-03-01")
ROWS = [f"sub-1-{i} | a | 2025-01-{i:02} | Nord | {20 + i} | {FEARFUL}" for i in range(1, 7)]
ROWS += [f"sub-2-{i} | b | 2025-01-{i:02} | Nord | {60 + i} | {GOOD}" for i in range(1, 7)]
ROWS += ["sub-3-1 | c | 2025-01-31 | | 50 | Skal bort.", "sub-3-2 | c | 2025-01-31 | | 55 |"]
# Without a submission: three years to the day have time left, a day more has not; other-4 only looks like a submission's.
ROWS += [f"e1 | c | 2023-06-01 | nord | 30 | {GOOD}", f"e2 | c | 2023-05-31 | nord | 35 | {FEARFUL}", f"other-4 | c | 2023-05-31 | Sør | 45 | {FEARFUL}"]
EXPERIENCES = "\n".join(["experience_id | service_id | event_date | organisation | score | text", *ROWS])
QUOTES = """
quote_id | known_date | text | may_show
sub-1-1 | 2025-02-01 | Sitat bort | public
sub-2-1 | 2025-02-01 | Sitat blir | public
old | 2023-05-31 | Sitat uten innspill | public
"""
ALL = {("submissions", "Nord"): 1, ("submissions", ""): 1, ("experiences", "Nord"): 7, ("experiences", "Sør"): 1, ("experiences", ""): 1,
       ("quotes", "Nord"): 1, ("quotes", ""): 1, ("drafts", ""): 1}  # fmt: skip
KARI = local("KN")


def filled(store: Store, decade: str = "202") -> Authority:
    """decade: "201" for the same ten years earlier, where the clock is the machine's own."""
    said, shorter, quotes, heard = (text.replace("202", decade) for text in (SUBMISSIONS, SHORTER, QUOTES, EXPERIENCES))
    cut = rejects(("a.csv", 3, "text", FEARFUL, "text_cut", "too long", "warning"), ("a.csv", 4, "n", "x", "wrong_type", "", "warning"))
    store.commit(batch(part("services", SERVICES), part("submissions", said), part("quotes", quotes), at=NOW))
    store.commit(batch(part("experiences", heard.replace("| 30 |", "| 31 |")), part("submissions", shorter, file="sub-3"), at=NOW))
    store.commit(batch(part("experiences", heard, version="v2", rejects=cut), at=NOW))
    store.save_draft("d-old", "KN", "{}", datetime(int(f"{decade}3"), 5, 31))
    store.save_draft("d-new", "KN", "{}", datetime(2023, 6, 1, 8))
    return Authority(store, settings.load())


@pytest.fixture
def authority() -> Authority:
    return filled(open_store("memory:"))


def counted(frame: pd.DataFrame) -> dict[tuple[str, str], int]:
    return {(table, "" if pd.isna(whose) else whose): n for table, whose, n in frame.itertuples(index=False)}


def context(authority: Authority) -> Context:
    known = asof.known_at(authority.store.read(), TODAY)
    return Context(cohorts.cohort_at(known, TODAY, authority.settings).services, known, TODAY, authority.settings)


def test_what_is_due_by_table_and_organisation(authority: Authority) -> None:
    found = what_is_due(authority, TODAY)
    assert {c: str(t) for c, t in found.counts.dtypes.items()} == {"table": "str", "organisation": "str", "n": "int64"}
    assert counted(found.counts) == ALL
    assert found.drafts == ("d-old",)
    ids = {e.table: set(e.ids) for e in found.erasures}
    assert ids["submissions"] == {"sub-1", "sub-3"}
    assert ids["experiences"] == {*(f"sub-1-{i}" for i in range(1, 7)), "sub-3-1", "sub-3-2", "e2", "other-4"}
    assert ids["quotes"] == {"sub-1-1", "old"}


@pytest.mark.parametrize(("day", "due"), [(date(2025, 6, 1), False), (date(2026, 1, 1), True)])
def test_the_newest_version_says_how_long(day: date, due: bool) -> None:
    authority = filled(open_store("memory:"))
    ids = {e.table: e.ids for e in what_is_due(authority, day).erasures}
    assert ("sub-3" in ids["submissions"], "sub-1" in ids["submissions"]) == (due, False)


def test_an_empty_store_has_nothing_due() -> None:
    authority = Authority(open_store("memory:"), settings.load())
    assert what_is_due(authority, TODAY).nothing
    assert purge(authority, KARI, today=TODAY, now=NOW).rows == {}
    assert len(authority.store.log()) == 0


def test_texts_go_and_all_else_stays(authority: Authority) -> None:
    store, before = authority.store, authority.store.read()
    # The experiences stand in two versions, so each of their rows counts twice.
    assert purge(authority, KARI, today=TODAY, now=NOW).rows == {"submissions": 3, "experiences": 18, "quotes": 2, "rejects": 1, "drafts": 1}
    now = store.read()
    for name, columns in {"submissions": ["asked_by", "reached_how", "wants_back"], "experiences": ["text"], "quotes": ["text"]}.items():
        assert_frame_equal(now[name].drop(columns=columns), before[name].drop(columns=columns))
    left = store.history("experiences").dropna(subset="text")
    assert sorted(left["experience_id"]) == sorted([*(f"sub-2-{i}" for i in range(1, 7)), "e1"] * 2)
    assert now["submissions"].dropna(subset="wants_back")["submission_id"].tolist() == ["sub-2"]
    assert now["quotes"].dropna(subset="text")["quote_id"].tolist() == ["sub-2-1"]
    assert [pd.isna(value) or value for value in store.rejects()["value"]] == [True, "x"]
    assert store.drafts()["draft_id"].tolist() == ["d-new"]
    assert store.verify() == []


def test_scores_stay_and_only_what_was_read_from_the_texts_changes(authority: Authority) -> None:
    mean, fear = experience_mean(context(authority)), narrative_fear(context(authority))
    assert fear["value"].fillna(-1).tolist() == [1, 0, -1], "all of a's six comments tell of fear, none of b's"
    version = data_version(authority)
    purge(authority, KARI, today=TODAY, now=NOW)
    assert_frame_equal(experience_mean(context(authority)), mean)
    after = narrative_fear(context(authority))
    assert (np.isnan(after.loc["a", "value"]), after.loc["a", "missing"]) == (True, "no_evidence")
    assert (after.loc["b", "value"], after.loc["b", "n"]) == (0, 6)
    assert data_version(authority) != version, "what is kept beside the store is computed anew"


def test_the_log_tells_of_it_by_numbers_and_twice_is_harmless(authority: Authority) -> None:
    purge(authority, KARI, today=TODAY, now=NOW)
    version = data_version(authority)
    assert what_is_due(authority, TODAY).nothing
    assert purge(authority, KARI, today=TODAY, now=NOW).rows == {}
    entries = authority.store.log(["purge"])
    assert entries[["about", "by"]].to_numpy().tolist() == [["2026-06-01", "KN"]]
    assert json.loads(entries["body"].iloc[0]) == {"rows": {"submissions": 3, "experiences": 18, "quotes": 2, "rejects": 1, "drafts": 1}}
    assert data_version(authority) == version
    later = purge(authority, KARI, today=date(2026, 6, 2), now=NOW).rows
    assert later == {"submissions": 1, "experiences": 14, "quotes": 1, "drafts": 1}, "sub-2 and e1, a day later"
    assert (len(authority.store.log(["purge"])), authority.store.verify()) == (2, [])


def test_rejects_of_an_import_older_than_texts_are_kept_lose_their_values() -> None:
    store = open_store("memory:")
    line = rejects(("a.csv", 4, "", "a;whole;line", "malformed_row", "", "rejected"))
    store.commit(batch(part("experiences", EXPERIENCES.splitlines()[0] + "\nx | c | 2026-01-01 | | 1 | blir", rejects=line), at=datetime(2023, 5, 31)))
    assert purge(Authority(store, settings.load()), KARI, today=TODAY, now=NOW).rows == {"rejects": 1}
    assert store.read(["experiences"])["experiences"]["text"].tolist() == ["blir"]


def test_only_an_administrator_may(authority: Authority) -> None:
    for role in ("reader", "planner", "analyst", "organisation", "council"):
        with pytest.raises(NotAllowed):
            purge(authority, Person("x", frozenset({role}), organisation="Nord"), today=TODAY, now=NOW)
    assert not what_is_due(authority, TODAY).nothing


def test_the_command_tells_takes_away_and_leaves_no_bytes(tmp_path: Path) -> None:
    app, path = Typer(), tmp_path / "store.db"
    app.command()(command)
    with closing(open_store(str(path))) as store:
        filled(store, "201")
    assert (bytes_in(path, "Sitat bort"), bytes_in(path, "Skal bort")) == (True, True)

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, [*words, "--store", str(path)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    told = json.loads(run("--dry-run", "--json"))
    assert {row["table"] for row in told} == {"submissions", "experiences", "quotes", "drafts"}
    assert "texts are past their time" in run("--dry-run")
    assert bytes_in(path, "Sitat bort")
    assert "Backups made before still hold the texts." in run("--by", "KN")
    assert [bytes_in(path, word) for word in ("Sitat bort", "Skal bort", FEARFUL, "en leder")] == [False] * 4
    assert "nothing is written" in run("--by", "KN")
    with closing(open_store(str(path), create=False)) as store:
        assert (store.log(["purge"])["by"].tolist(), store.verify()) == (["KN"], [])


def test_the_command_wants_a_name(tmp_path: Path) -> None:
    app = Typer()
    app.command()(command)
    open_store(str(tmp_path / "s.db")).close()
    done = CliRunner().invoke(app, ["--store", str(tmp_path / "s.db")])
    assert "Somebody must answer for this" in str(done.exception)
