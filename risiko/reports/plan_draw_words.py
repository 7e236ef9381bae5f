"""The exploration draw of a plan in words: what was drawn, and how anybody can make it again."""

from __future__ import annotations

from risiko.plan.draw import WHOLE, start
from risiko.reports.plan_words import PlanWords, joined

_DIGITS = 6  # of a chance in the record


def draw_facts(words: PlanWords) -> list[tuple[str, str]]:
    """What the draw was made with and what came out, each with its name."""
    t, record = words.t, words.record
    return [
        (t("plan.fact_seed"), str(record.seed)), (t("protocol.as_of"), t.date(record.as_of)),
        (t("plan.fact_took_part"), t.number(len(record.frame))),
        (t("plan.fact_drawn"), t.number(record.frame["drawn"].sum())),
        (t("plan.fact_share"), t.percent(record.rules.exploration.share)),
        (t("plan.fact_quiet"), t.number(record.rules.exploration.quiet_weight, 1)),
    ]  # fmt: skip


def draw_steps(words: PlanWords) -> list[str]:
    """How to come to the same draw without this program; where nothing was drawn, that it was not."""
    t, frame = words.t, words.record.frame
    places = frame.groupby("office")["probability"].sum().round().astype("int64")
    drawing = [f"{office} {t.number(n)}" for office, n in places.items() if n]
    if not drawing:
        return [t("plan.no_draw")]
    first, head = frame.iloc[0], f"{words.record.as_of:%Y-%m-%d}:{words.record.seed}"
    point = start(words.record.as_of, words.record.seed) / WHOLE
    return [
        t("plan.step_office", list=joined(drawing, t)),
        t("plan.step_share"),
        t("protocol.step_lot", text=f"{head}:{first['service_id']}", lot=first["lot"]),
        t("protocol.step_sum"),
        t("protocol.step_start", start=t.number(point, _DIGITS), text=head),
        t("protocol.step_drawn", start=t.number(point, _DIGITS), next=t.number(point + 1, _DIGITS)),
        t("plan.step_json"),
    ]
