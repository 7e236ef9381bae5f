"""What became of what the organisation gave: which services it moved, what was decided, and what was found since."""

from __future__ import annotations

from typing import Any

from risiko.i18n import Translator
from risiko.reports.bars import Bar, Bars
from risiko.reports.card_format import Block, Bullets, Table
from risiko.reports.names import Names
from risiko.reports.organisation_facts import PLANNED, ReportBack
from risiko.reports.organisation_told import capital, records

MOST = 12  # cells in the picture; the table beside it has all
_MOVED = ("strengthened", "weakened", "unmoved")


def used(report: ReportBack, names: Names) -> list[Block]:
    """How the list would have stood without it."""
    t, done = names.t, report.done
    how = t("back.used_lead", ranked=t.plural("back.services", report.ranked))
    if not done.told:
        return [how, t("back.untold") if report.speaks else t("back.about_nobody")]
    sums = {name: int(done.cells[name].sum()) for name in ("services", *_MOVED)}
    said = {name: t.plural("back.services", n) for name, n in sums.items()}
    blocks: list[Block] = [
        how, t("back.about_services", services=said["services"]), t("back.without"),
        Bullets([t("back.strengthened", services=said["strengthened"]), t("back.weakened", services=said["weakened"]),
                 t("back.unmoved", services=said["unmoved"])]),
    ]  # fmt: skip
    blocks += [t.plural("back.later", report.after)] if report.after else []
    return [*blocks, *_picture(report, names), _moved(report, names), t("back.median"), *_named(report, names)]


def decided(report: ReportBack, names: Names) -> list[Block]:
    """Who was planned and who not, and why."""
    t, done = names.t, report.done
    if report.plans.empty:
        return [t("back.no_plan")]
    plans = [
        t("back.plan", n=t.number(p["number"]), made=t.date(p["made_on"]), first=t.date(p["first"]),
          last=t.date(p["last"]), status=t.word("back_status", p["status"] or "undecided"))
        for p in records(report.plans)
    ]  # fmt: skip
    if not done.told:
        return [Bullets(plans), t("back.untold") if report.speaks else t("back.about_nobody")]
    planned, whole = int(done.cells["planned"].sum()), int(done.cells["services"].sum())
    if planned == whole and done.services is None:  # whoever knows one of the services would know that it is visited
        return [Bullets(plans), t("back.planned_many", of=t.plural("back.services", whole)), t("back.not_where")]
    numbers = {"n": t.number(planned), "of": t.plural("back.services", whole)}
    approved = bool((report.plans["status"] == "approved").any())
    said = t("back.planned", **numbers) if approved else t("back.proposed", **numbers)
    blocks: list[Block] = [Bullets(plans), said, t("back.not_alone"), *_planned(report, names)]
    blocks += _counted(done.grounds, "ground", "back_ground", t("back.grounds"), t)
    blocks += _counted(done.reasons, "reason", "back_reason", t("back.reasons"), t)
    if len(done.overrides):
        header = [t("back.by_hand"), t("back.reason"), t("back.n_services")]
        rows = [
            [t.word("override_action", o["action"]), t.word("override_reason", o["reason"]), t.number(o["services"])]
            for o in records(done.overrides)
        ]
        blocks.append(Table(t("back.overrides"), header, rows))
    return blocks


def found(report: ReportBack, names: Names) -> list[Block]:
    """What concluded supervisions have found since, and what has been put right."""
    t, done = names.t, report.done
    if not done.told:
        return [t("back.untold") if report.speaks else t("back.about_nobody")]
    if not done.visits:
        return [t("back.no_visits")]
    said = [t.plural("back.visits", done.visits)]
    said += [t.plural("back.pending", done.pending)] if done.pending else []
    said += [t.plural("back.clean", done.clean)] if done.clean else []
    if done.found.empty:
        return [Bullets([*said, t("back.no_findings")]), t("back.not_because")]
    names_of = ("remark", "breach", "serious_breach")
    header = [t("back.dimension"), *(capital(t.word("severity", name)) for name in names_of), t("back.corrected")]
    rows = [
        [capital(t.word("dimension", row["dimension"])) if row["dimension"] else t("data.missing"),
         *(t.number(row[name]) for name in (*names_of, "corrected"))]
        for row in records(done.found)
    ]  # fmt: skip
    wrong = int(done.found[list(names_of)].to_numpy().sum())
    said.append(t("back.findings", n=t.number(wrong), corrected=t.number(int(done.found["corrected"].sum()))))
    return [Bullets(said), t("back.not_because"), Table(t("back.found_table"), header, rows)]


def _moved(report: ReportBack, names: Names) -> Table:
    t = names.t
    header = [*_place_header(t), t("back.n_services"), t("back.more"), t("back.less"), t("back.same"),
              t("back.up"), t("back.down")]  # fmt: skip
    rows = [
        [*_place(cell, names), t.number(cell["services"]), t.number(cell["strengthened"]), t.number(cell["weakened"]),
         t.number(cell["unmoved"]), _places(cell["up"], t), _places(cell["down"], t)]
        for cell in records(report.done.cells)
    ]  # fmt: skip
    return Table(t("back.moved_table"), header, rows)


def _planned(report: ReportBack, names: Names) -> list[Block]:
    """Where supervisions are planned, if services may be named, and where they have been.

    A visit may be unannounced: where all services of a cell are planned its number would tell each of them.
    """
    t, named = names.t, report.done.services is not None
    asked = [t("back.n_planned")] if named else []
    header = [*_place_header(t), t("back.n_services"), *asked, t("back.n_supervised")]
    rows = [
        [*_place(cell, names), t.number(cell["services"]), *([t.number(cell["planned"])] if named else []),
         t.number(cell["supervised"])]
        for cell in records(report.done.cells) if named or cell["supervised"]
    ]  # fmt: skip
    table = [Table(t("back.planned_table") if named else t("back.supervised_table"), header, rows)] if rows else []
    return [*([] if named else [t("back.not_where")]), *table]


def _picture(report: ReportBack, names: Names) -> list[Block]:
    t, cells = names.t, report.done.cells
    moved = cells[((cells["strengthened"] + cells["weakened"]) > 0).to_numpy()]
    shown = moved.sort_values("services", ascending=False, kind="stable").head(MOST)
    if shown.empty:
        return []
    rows, said = [], []
    for cell in records(shown):
        label = ", ".join(_place(cell, names))
        more, less = t.number(cell["strengthened"]), t.number(cell["weakened"])
        rows.append((label, (Bar(float(cell["strengthened"]), more), Bar(float(cell["weakened"]), less))))
        said.append(t("back.alt_moved", what=label, more=more, less=less))
    full = float(shown[["strengthened", "weakened"]].to_numpy().max())
    title = t("back.picture_moved")
    return [Bars(title, f"{title} {' '.join(said)}", (t("back.more"), t("back.less")), rows, full)]


def _named(report: ReportBack, names: Names) -> list[Block]:
    """One row per service, only where the authority lets services be named."""
    t, services = names.t, report.done.services
    if services is None:
        return []
    header = [t("column.service"), *_place_header(t), t("back.moved"), t("back.places"), t("back.with"),
              t("back.no_voice"), t("back.in_plan")]  # fmt: skip
    rows = [
        [str(row["name"]), *_place(row, names), t.word("back_moved", row["moved"]), _places(row["places"], t),
         t.percent(row["likelihood_with"], 1), t.percent(row["likelihood_without"], 1),
         t("word.yes") if row["state"] == PLANNED else t("word.no")]
        for row in records(services)
    ]  # fmt: skip
    return [Table(t("back.named_table"), header, rows)]


def _counted(frame: Any, column: str, family: str, caption: str, t: Translator) -> list[Block]:
    rows = [[t.word(family, row[column]), t.number(row["services"])] for row in records(frame)]
    return [Table(caption, [t("back.reason"), t("back.n_services")], rows)] if rows else []


def _place_header(t: Translator) -> list[str]:
    return [t("column.type"), t("own.area")]


def _place(cell: dict[str, Any], names: Names) -> list[str]:
    t = names.t
    kind = names.service_type(cell["service_type"]) if cell["service_type"] else t("back.other_types")
    return [kind, cell["area"] or t("back.other_areas")]


def _places(places: float, t: Translator) -> str:
    return "–" if places != places else t.number(places, sign=True)
