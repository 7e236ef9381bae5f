"""The log, backup and restore on the command line: what is printed, and the exit codes that a nightly job rests on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from risiko import cli
from risiko.cli.log import FAULTS
from risiko.store import chain, open_store
from tests.old_stores import tamper

Call = Callable[..., tuple[int, str, str]]
DAY = datetime(2026, 6, 1)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    store = open_store(str(tmp_path / "risiko.db"))
    store.append("comment", "s1", '{"text": "æ"}', datetime(2026, 5, 1), "KN")
    store.append("decision", "plan 1", "{}", DAY, "AB")
    store.append("comment", "s2", "{}", DAY, "KN")
    store.close()
    return tmp_path / "risiko.db"


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: Path) -> Call:
    """Run a command on that store: exit code, standard output, standard error."""
    monkeypatch.setenv("RISIKO_STORE", str(place))

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["risiko", *map(str, words)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        told = capsys.readouterr()
        return int(stopped.value.code or 0), told.out, told.err

    return run


def test_a_whole_log_is_said_to_be_and_its_head_can_be_noted(call: Call, place: Path) -> None:
    head = open_store(str(place)).log()["sha256"].iloc[-1]
    code, out, _ = call("log", "verify")
    assert (code, "The chain is whole: 3 entries." in out, f"--head {head} --count 3" in out) == (0, True, True)
    assert call("log", "verify", "--head", head, "--count", 3)[0] == 0
    code, out, _ = call("log", "verify", "--json")
    assert (code, json.loads(out)) == (0, {"whole": True, "count": 3, "head": head, "faults": []})


def test_an_edited_row_is_named_and_ends_in_exit_code_1(call: Call, place: Path) -> None:
    tamper(str(place), "UPDATE log SET by = 'Eve' WHERE seq = 2")
    code, out, _ = call("log", "verify")
    assert (code, "The chain is BROKEN" in out, "decision plan 1" in out) == (1, True, True)
    code, out, _ = call("log", "verify", "--json")
    assert (code, json.loads(out)["faults"]) == (1, [{"seq": 2, "what": "changed", "detail": "decision plan 1"}])


def test_an_entry_taken_from_the_end_needs_a_noted_head(call: Call, place: Path) -> None:
    noted = json.loads(call("log", "verify", "--json")[1])
    tamper(str(place), "DELETE FROM log WHERE seq = 3")
    assert call("log", "verify")[0] == 0
    code, out, _ = call("log", "verify", "--head", noted["head"], "--count", noted["count"], "--json")
    assert (code, json.loads(out)["faults"]) == (1, [{"seq": 3, "what": "head_missing", "detail": "2 < 3"}])


def test_a_count_without_a_head_says_nothing(call: Call) -> None:
    code, _, err = call("log", "verify", "--count", 3)
    assert (code, "--head" in err) == (2, True)


def test_the_log_is_listed_newest_first_and_narrowed(call: Call) -> None:
    assert [line["seq"] for line in json.loads(call("log", "show", "--json")[1])] == [3, 2, 1]
    assert [line["seq"] for line in json.loads(call("log", "show", "--kind", "comment", "--since", "2026-06-01", "--json")[1])] == [3]
    assert [line["seq"] for line in json.loads(call("log", "show", "--by", "AB", "--until", "2026-06-01", "--json")[1])] == [2]
    assert [line["seq"] for line in json.loads(call("log", "show", "--last", 1, "--json")[1])] == [3]
    assert "3 entries" in call("log", "show")[1]
    assert call("log", "show", "--since", "yesterday")[0] == 2


def test_a_backup_is_written_and_restored(call: Call, place: Path) -> None:
    code, out, _ = call("backup", place.with_name("b.db"))
    assert (code, "read again and found the same" in out) == (0, True)
    code, _, err = call("backup", place.with_name("b.db"))
    assert (code, "There is a file here already" in err) == (4, True)
    taken = json.loads(call("backup", place.with_name("b.db"), "--force", "--json")[1])
    assert taken["tables"]["log"]["rows"] == 3
    assert json.loads(call("restore", place.with_name("b.db"), "--store", place.with_name("new.db"), "--json")[1]) == taken
    code, _, err = call("restore", place.with_name("b.db"))
    assert (code, "There is a file here already" in err) == (4, True)
    assert open_store(str(place.with_name("new.db")), create=False).verify() == []


def test_no_store(call: Call, tmp_path: Path) -> None:
    for words in (("log", "verify"), ("log", "show"), ("backup", tmp_path / "b.db")):
        code, _, err = call(*words, "--store", tmp_path / "none.db")
        assert (code, "no store here" in err) == (4, True)


def test_every_fault_has_a_sentence() -> None:
    assert tuple(FAULTS) == chain.FAULTS
