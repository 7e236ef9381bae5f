"""Who may do what: the whole table of roles and actions, the office a planner is bound to, and that pages pass it on."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from risiko.access import ACTIONS, NotAllowed, Person, identifier, local, may, require
from risiko.vocabulary import ROLES

ROOT = Path(__file__).parents[2] / "risiko"
# What each role may do, drawn by hand: one letter for each action below, in its order.
DRAWN = ("read", "plan", "decide", "override", "comment", "outcome", "draw", "weights", "check", "log", "roles",
         "own_evidence", "submit", "voices", "council", "coverage", "purge")  # fmt: skip
MAY = {
    #               rpdocodwclrosvccp
    "reader":       "x............x.x.",
    "planner":      "xxxxxxxx....xx.x.",
    "analyst":      "x...x..xxx.xxxxx.",
    "organisation": "...........xxx...",
    "council":      ".......x.....xxx.",
    "admin":        "xxxxxxxxxxxxxxxxx",
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_is_drawn_and_nothing_else(role: str) -> None:
    assert set(DRAWN) == set(ACTIONS), "an action was added: draw it here"
    person = Person("k", frozenset({role}))
    assert "".join("x" if may(person, action) else "." for action in DRAWN) == MAY[role]


def test_who_has_no_role_may_nothing_and_roles_add_up() -> None:
    assert not any(may(Person("k", frozenset()), action) for action in ACTIONS)
    both = Person("k", frozenset({"organisation", "reader"}))
    assert {action for action in ACTIONS if may(both, action)} == {"read", "own_evidence", "submit", "voices", "coverage"}


@pytest.mark.parametrize(("office", "asked", "allowed"), [
    ("Agder", "Agder", True), ("Agder", "Oslo", False), ("Agder", None, False), ("", "Oslo", True), ("", None, True),
])  # fmt: skip
@pytest.mark.parametrize("action", ["plan", "decide", "override", "outcome", "draw"])
def test_a_planner_of_one_office_writes_for_that_one_alone(action: str, office: str, asked: str | None, allowed: bool) -> None:
    assert may(Person("k", frozenset({"planner"}), office), action, asked) is allowed


def test_the_office_binds_neither_reading_nor_an_administrator() -> None:
    assert may(Person("k", frozenset({"planner"}), "Agder"), "read", "Oslo")
    assert may(Person("k", frozenset({"planner", "admin"}), "Agder"), "plan", "Oslo")
    assert not may(Person("k", frozenset({"planner", "reader", "analyst"}), "Agder"), "plan", "Oslo"), "other roles open nothing here"


def test_the_local_user_may_all_but_is_no_organisation() -> None:
    assert all(may(local("k"), action) for action in ACTIONS)
    assert local("k").roles == frozenset(ROLES) - {"organisation", "council"}


def test_a_refusal_names_the_person_the_action_and_the_office_and_no_secret() -> None:
    with pytest.raises(NotAllowed, match=r"kari@example.no may not do this \(planner\)") as told:
        require(Person("kari@example.no", frozenset({"planner"}), "Agder"), "plan", "Oslo")
    assert (told.value.where, told.value.exit_code, told.value.kind) == ("plan for Oslo", 10, "not_allowed")
    with pytest.raises(NotAllowed, match="Somebody who is not logged in"):
        require(Person("", frozenset()), "read")


@pytest.mark.parametrize(("typed", "written"), [
    (" Kari@Example.NO ", "kari@example.no"), ("sub:AbC", "sub:AbC"), ("upn:Kari@Example.no", "upn:Kari@Example.no"), ("", ""),
])  # fmt: skip
def test_a_person_is_written_in_one_way(typed: str, written: str) -> None:
    assert identifier(typed) == written


def writers() -> dict[str, int]:
    """The functions of the pipeline that ask who it is, and in which place they do; 99: by name alone."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "pipeline").glob("*.py"))
    public = [f for tree in trees for f in tree.body if isinstance(f, ast.FunctionDef) and not f.name.startswith("_")]
    places = {f.name: [a.arg for a in f.args.args] for f in public if "who" in {a.arg for a in (*f.args.args, *f.args.kwonlyargs)}}
    return {name: args.index("who") if "who" in args else 99 for name, args in places.items()}


def unsigned(source: str, names: dict[str, int]) -> list[str]:
    """Calls of those functions that do not say who it is; the app's own of the same name are not meant."""
    tree = ast.parse(source)
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and (n.module or "").startswith("risiko.app")]
    own = {alias.asname or alias.name for n in imports for alias in n.names}
    calls = [(ast.unparse(c.func), c) for c in ast.walk(tree) if isinstance(c, ast.Call) and ast.unparse(c.func).split(".")[0] not in own]
    return [name for name, c in calls if len(c.args) <= names.get(name.split(".")[-1], -1) and "who" not in {k.arg for k in c.keywords}]


def test_every_page_says_who_writes() -> None:
    names = writers()
    assert {"draw_for", "save_weights", "remove_weights", "grant", "revoke", "note_shown"} <= set(names)
    pages = {path.name: unsigned(path.read_text(encoding="utf-8"), names) for path in (ROOT / "app").rglob("*.py")}
    assert {name: calls for name, calls in pages.items() if calls} == {}
    assert unsigned("pipeline.draws.draw_for(a, run, by='x')", names) == ["pipeline.draws.draw_for"]
    assert unsigned("f(a); g(a, who)", {"f": 1, "g": 1}) == ["f"]
    assert unsigned("from risiko.app import page\npage.f(a); x.f(a)", {"f": 1}) == ["x.f"]
