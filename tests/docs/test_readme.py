"""What the documents show can be done: their commands run, their Python runs, their links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).parents[2]
RUNNABLE = [ROOT / "README.md", *sorted(ROOT.glob("docs/how-to/*.md")), *sorted(ROOT.glob("docs/tutorial/*.md"))]
RUNNABLE.remove(ROOT / "docs/tutorial/six-organisations.md")  # tests/docs/test_six_organisations.py walks it
FOLDERS = ("docs", "data", "models", "notebooks", "benchmarks")
DOCUMENTS = [ROOT / "README.md", *sorted(p for folder in FOLDERS for p in (ROOT / folder).rglob("*.md"))]
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```", re.M | re.S)
LINK = re.compile(r"\]\(([^)#\s]+)")
RAN: list[list[list[str]]] = []  # of each document that was run here, the commands that succeeded
WOULD_BLOCK = {"demo", "app"}  # these serve until they are stopped: only their options are read


def steps(text: str) -> list[list[str]]:
    """The commands of a document in order, each as words; a Python block is one command."""
    found = []
    for kind, body in BLOCK.findall(text):
        if kind == "python":
            found.append(["python", "-c", body])
        else:
            lines = body.replace("\\\n", " ").splitlines()
            found += [shlex.split(line[2:], comments=True) for line in lines if line.startswith("$ ")]
    return found


def runnable(words: list[str]) -> list[str] | None:
    """The command as it is run here; None for one that is checked without running it."""
    match words:
        case ["python", "-c", _]:
            return [sys.executable, *words[1:]]
        case ["risiko", command, *_] if command in WOULD_BLOCK:
            return [sys.executable, "-m", "risiko.cli", *words[1:], "--help"]
        case ["risiko", *rest]:
            return [sys.executable, "-m", "risiko.cli", *rest]
        case ["python", "run.py", command, *_]:
            assert command in run.COMMANDS
        case ["python", script, *_]:
            assert (ROOT / script).is_file()
        case _:
            assert words[:2] in (["pip", "install"], ["git", "clone"]), f"the test does not know how to check {words}"
    return None


@pytest.mark.parametrize("document", RUNNABLE, ids=lambda p: p.name)
def test_code_blocks_run(document: Path, tmp_path: Path) -> None:
    commands = [command for words in steps(document.read_text(encoding="utf-8")) if (command := runnable(words))]
    if begins_like_one_that_ran(commands, RAN):
        return
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("img"))
    (tmp_path / "data").mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    RAN.append([])
    for command in commands:
        told = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert told.returncode == 0, f"{shlex.join(command[1:])}\n{told.stdout}\n{told.stderr}"
        RAN[-1].append(command)


def begins_like_one_that_ran(commands: list[list[str]], ran: list[list[list[str]]]) -> bool:
    """Whether the very same commands, from the same empty folder, have just succeeded in the same order."""
    return any(commands == done[: len(commands)] for done in ran)


def test_a_document_is_passed_over_only_when_all_of_it_has_run() -> None:
    a, b, c = (["risiko", word] for word in ("import", "rejects", "score"))
    assert begins_like_one_that_ran([a, b], [[c], [a, b, c]])
    assert not begins_like_one_that_ran([a, b, c], [[a, b]]), "the last command failed or never came"
    assert not begins_like_one_that_ran([b, c], [[a, b, c]]), "it would start from another folder"
    assert not begins_like_one_that_ran([a], [])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    targets = [t for t in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in t]
    assert [t for t in targets if not (document.parent / t).exists()] == []


def test_readme_shows_the_two_commands() -> None:
    shown = steps((ROOT / "README.md").read_text(encoding="utf-8"))
    assert shown[:2] == [["python", "run.py", "demo"], ["python", "run.py", "test"]]


def test_steps_reads_commands_continuations_comments_and_python() -> None:
    text = (
        "```console\n$ risiko score \\\n    --top 3  # the first three\nan answer\n$ risiko app\n```\n"
        "```python\nx = 1\n```\n```toml\n$ no\n```\n"
    )
    assert steps(text) == [["risiko", "score", "--top", "3"], ["risiko", "app"], ["python", "-c", "x = 1\n"]]


def test_an_unknown_command_is_not_passed_over() -> None:
    with pytest.raises(AssertionError, match="does not know"):
        runnable(["curl", "somewhere"])
    with pytest.raises(AssertionError):
        runnable(["python", "run.py", "deploy"])
