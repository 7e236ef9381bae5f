"""The ledger in words: the table of evidence, and one piece's way from what was said to what was put right."""

from __future__ import annotations

from typing import Any

import pandas as pd

from risiko.disclosure import shown
from risiko.pipeline.ledger import Uses
from risiko.reports.names import Names

_OVERRIDE = (("override_action", "override"), ("override_reason", "override_reason"))
ABOUT_SHOWN = 3  # services named in one sentence


class About:
    """What a piece speaks of in words: a service by name, or by type and county where names are not for this reader."""

    def __init__(self, services: pd.DataFrame, names: Names, *, named: bool) -> None:
        self._services, self._names, self._named = services, names, named

    def service(self, service_id: str) -> str:
        """A service; one that is not on record is said to be so."""
        if service_id not in self._services.index:
            return self._names.t("ledger.unknown_service")
        row = self._services.loc[service_id]
        if self._named and pd.notna(row["name"]):
            return str(row["name"])
        return service_id if self._named else self.kind(row["service_type"], row["county"])

    def kind(self, service_type: object, area: object) -> str:
        """A type of service in an area."""
        said = "" if pd.isna(service_type) else self._names.service_type(str(service_type))
        return ", ".join(filter(None, (said, "" if pd.isna(area) else str(area))))

    def subject(self, row: dict[str, object]) -> str:
        """The subject of a row of pieces."""
        if not pd.isna(row["service_id"]):
            return self.service(str(row["service_id"]))
        return self.kind(row["service_type"], row["area"]) or self._names.t("ledger.no_subject")


def people(n: object, names: Names) -> str:
    """How many took part; a small group is never told by its number."""
    if pd.isna(n):
        return names.t("data.missing")
    few = names.t.number(names.settings.voices.few)
    return names.t.number(n) if _told(n, names) else names.t("ledger.few", few=few)


def _told(n: object, names: Names) -> bool:
    """Whether a number of people, or what it could be worked out from, may be told."""
    return bool(shown(pd.Series([n], dtype="Int64"), names.settings.voices.few).iloc[0])


def table(rows: pd.DataFrame, about: About, names: Names, *, whose: bool, planned: bool) -> pd.DataFrame:
    """Rows of the ledger as a table of words. whose: with the organisation. planned: with the visits it lay behind."""
    t, made = names.t, {}
    records = rows.to_dict("records")
    made[t("ledger.given")] = [t.date(row["event_date"]) for row in records]
    if whose:
        made[t("ledger.organisation")] = [organisation(row["organisation"], names) for row in records]
    made[t("voices.method")] = [t.word("method", row["method"]) for row in records]
    made[t("ledger.about")] = [_subjects(row, about, names) for row in records]
    made[t("ledger.people")] = [people(row["n"], names) for row in records]
    made[t("ledger.counts")] = [t("word.no") if row["reason"] else t("word.yes") for row in records]
    columns = ["supervisions", "findings", "corrected"]
    for name in (["planned", *columns] if planned else columns):
        made[t.word("ledger_column", name)] = [t.number(row[name]) for row in records]
    return pd.DataFrame(made)


def left_unused(rows: pd.DataFrame, about: About, names: Names, *, whose: bool) -> pd.DataFrame:
    """Rows of the ledger that the score does not count, as a table of words with the reason of each."""
    why = [names.t.word("unused", reason) for reason in rows["reason"]]
    said = table(rows, about, names, whose=whose, planned=False)
    return said[list(said.columns[: 5 if whose else 4])].assign(**{names.t("ledger.why"): why})


def organisation(name: object, names: Names) -> str:
    """Who gave it; missing where nobody is named."""
    return names.t("ledger.nobody") if pd.isna(name) else str(name)


def label(row: dict[str, Any], about: About, names: Names) -> str:
    """A piece in a list to choose from."""
    t = names.t
    parts = [t.date(row["event_date"]), t.word("method", str(row["method"])), organisation(row["organisation"], names)]
    return " · ".join([*parts, _subjects(row, about, names)])


def trail(uses: Uses, about: About, names: Names, *, named: bool) -> list[tuple[str, str]]:
    """The way of one piece: (which step, what became of it there), each in plain words. named: visits are told."""
    steps = {
        "given": _given(uses, about, names), "score": _scored(uses, names), "plan": _planned(uses, about, names, named),
        "supervision": _found(uses, about, names),
    }  # fmt: skip
    return [(names.t.word("ledger_step", step), line) for step, lines in steps.items() for line in lines]


def _given(uses: Uses, about: About, names: Names) -> list[str]:
    t, rows = names.t, uses.piece.to_dict("records")
    subjects = [about.subject(row) for row in rows[:ABOUT_SHOWN]]
    more = len(rows) - len(subjects)
    said = "; ".join([*subjects, *([t.plural("ledger.more_subjects", more)] if more > 0 else [])])
    line = t(
        "ledger.step_given", who=organisation(rows[0]["organisation"], names), date=t.date(rows[0]["event_date"]),
        method=t.word("method", rows[0]["method"]), about=said, n=people(uses.n, names),
        known=t.date(rows[0]["known_date"]),
    )  # fmt: skip
    return [line] if uses.state == "held" else [line, t("ledger.replaced")]


def _scored(uses: Uses, names: Names) -> list[str]:
    t, lines = names.t, []
    best = uses.scores.sort_values("weight", ascending=False, kind="stable").drop_duplicates(["as_of", "plan"])
    for row in best.sort_values("as_of", kind="stable").to_dict("records"):
        day = t.date(row["as_of"])
        if row["reason"]:
            lines.append(t("ledger.step_not_counted", date=day, why=t.word("unused", row["reason"])))
        else:
            weight = t.number(row["weight"], 1) if _told(uses.n, names) else t("back.hidden")
            lines.append(t("ledger.step_counted", date=day, weight=weight))
    return list(dict.fromkeys(lines)) or [t("ledger.step_no_score")]


def _planned(uses: Uses, about: About, names: Names, named: bool) -> list[str]:
    t, lines = names.t, []
    for number, rows in uses.plans.groupby("plan", sort=True):
        first = rows.iloc[0]
        head = t("ledger.plan", n=t.number(number), start=t.date(first["start"]), end=t.date(first["end"]))
        status = t("ledger.undecided")
        if first["status"]:
            status = t("ledger.decided", status=t.word("plan_status", first["status"]))
        anew = [] if first["recorded"] else [t("ledger.worked_out_anew")]
        if not named:  # who is visited is not told before the visit
            lines.append(" ".join([head, t("ledger.step_at_hand"), status, *anew]))
            continue
        lines.append(" ".join([head, *_visits(rows, about, names), status, *anew]))
    return lines or [t("ledger.step_no_plan")]


def _visits(rows: pd.DataFrame, about: About, names: Names) -> list[str]:
    t = names.t
    first, *others = (_one(row, about, names) for row in rows.head(ABOUT_SHOWN).to_dict("records"))
    said = [first, *(f"{one[:1].upper()}{one[1:]}" for one in others)]
    more = len(rows) - len(said)
    return [*said, t.plural("ledger.more_visits", more)] if more > 0 else said


def _one(row: dict[str, object], about: About, names: Names) -> str:
    t, service = names.t, about.service(str(row["service_id"]))
    if row["planned"]:
        said = t("ledger.visited", service=service, ground=t.word("plan_ground", str(row["ground"])))
    elif row["left_out"]:
        said = t("ledger.left_out", service=service, why=t.word("plan_left_out", str(row["left_out"])))
    else:
        said = t("ledger.passed_over", service=service)
    if not row["override"]:
        return said
    action, why = (t.word(name, str(row[key])) for name, key in _OVERRIDE)
    return f"{said} {t('ledger.overridden', action=action, reason=why)}"


def _found(uses: Uses, about: About, names: Names) -> list[str]:
    t, lines = names.t, []
    for row in uses.findings.drop_duplicates("supervision_id").to_dict("records"):
        head = t("ledger.step_supervised", date=t.date(row["event_date"]), service=about.service(row["service_id"]))
        if pd.isna(row["worst"]):
            said = t("ledger.waiting")
        elif not row["findings"]:
            said = t("ledger.nothing_found")
        else:
            breaches = t.plural("ledger.failures", int(row["failures"]))
            said = t.plural("ledger.findings", int(row["findings"]), failures=breaches)
            put = t.plural("ledger.corrected", int(row["corrected"]), of=t.number(row["findings"]))
            said = f"{said} {put}"
        lines.append(f"{head} {said}")
    return lines or [t("ledger.step_no_supervision")]


def behind(found: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The evidence behind a visit as a table of words: pipeline.ledger.evidence_behind."""
    t, rows = names.t, found.to_dict("records")
    return pd.DataFrame({
        t("ledger.given"): [t.date(row["event_date"]) for row in rows],
        t("ledger.organisation"): [organisation(row["organisation"], names) for row in rows],
        t("voices.method"): [t.word("method", row["method"]) for row in rows],
        t("ledger.told_of"): [t("ledger.itself") if row["direct"] else t("ledger.type_in_area") for row in rows],
        t("ledger.people"): [people(row["n"], names) for row in rows],
        t("ledger.weight"): [_weight(row, names) for row in rows],
    })  # fmt: skip


def _weight(row: dict[str, object], names: Names) -> str:
    t = names.t
    if row["state"] != "held":
        return t("ledger.replaced")
    if row["reason"]:
        return t.word("unused", str(row["reason"]))
    return t.number(row["weight"], 1) if _told(row["n"], names) else t("back.hidden")


def _subjects(row: dict[str, object], about: About, names: Names) -> str:
    first, more = about.subject(row), int(str(row["subjects"])) - 1
    return f"{first} {names.t.plural('ledger.more_subjects', more)}" if more > 0 else first


