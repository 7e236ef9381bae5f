"""Modell og data in words: why the score is what it is, what its number means and what it weighs."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from risiko.app.display import plain
from risiko.pipeline import ModelPage
from risiko.pipeline.model_page import Offered, Weighs
from risiko.registry import ModelFacts
from risiko.reports.names import Names

SHOWN = {"better": "▲", "not_shown": "○", "worse": "▼", "unknown": "–"}
MOST_BARS = 15


def why(found: ModelPage, names: Names) -> str:
    """Why the score used at the date is what it is, in a sentence or two."""
    t = names.t
    last = found.decisions.iloc[-1] if len(found.decisions) else None
    decided = {
        "when": t.date(last["at"]), "why": plain(last["why"]), "by": plain(last["by"]) or t("model.by_nobody")
    } if last is not None else {}  # fmt: skip
    if found.state == "model":
        return t("model.why_model", **decided)
    trained = t.date(found.model.facts.as_of) if found.model else ""
    said = t(
        f"model_why.{found.state}", id=found.promoted, trained=trained, minimum=t.number(found.minimum_events),
        **{"when": "", "why": "", "by": "", **decided},
    )  # fmt: skip
    return f"{on_record(found, names)} {said}" if found.state in ("few", "untried", "offered") else said


def on_record(found: ModelPage, names: Names) -> str:
    """How many supervisions have been judged, and how many found the outcome."""
    t, rule = names.t, names.settings.outcome.model_dump()
    numbers = {"judged": t.number(found.judged), "events": t.number(found.events)}
    return t("model.on_record", date=t.date(found.as_of), found=outcome(rule, names), **numbers)


def outcome(rule: Mapping[str, object], names: Names) -> str:
    """What counts as the outcome: alvorlig lovbrudd eller verre."""
    t, threshold = names.t, float(str(rule["threshold"]))
    share = rule["measure"] == "breach_share"
    limit = t.percent(threshold) if share else t.number(threshold, 0 if threshold.is_integer() else 1)
    severity = t.word("severity", str(rule["severity"]))
    return t(f"model_found.{rule['measure']}", severity=severity[:1].lower() + severity[1:], threshold=limit)


def question(facts: ModelFacts, names: Names) -> str:
    """What a model's probability is a probability of."""
    t, rule = names.t, facts.outcome
    return t(
        f"model_asked.{facts.population}", found=outcome(rule, names), days=t.number(rule["horizon_days"]),
        window=t.word("model_window", str(rule["counted"])),
    )  # fmt: skip


def meaning(found: ModelPage, names: Names) -> str:
    """What the number that the list shows is a probability of; of points, that it is none."""
    if found.state == "model" and found.model:
        return question(found.model.facts, names)
    return names.t("model.points_meaning", base=names.t.percent(names.settings.score.base_likelihood))


def offered(models: tuple[Offered, ...], names: Names) -> pd.DataFrame:
    """Models beside the one in force: trained for, learned from, gains over points, and what they show."""
    t = names.t
    rows = [
        (m.model_id, t.date(m.facts.as_of), learned_from(m.facts, names), gain(m, "auc", names),
         gain(m, "average_precision", names), f"{SHOWN[m.shown]} {t.word('model_shown', m.shown)}")
        if m.facts else (m.model_id, "–", "–", "–", "–", t("model.unusable", why=m.fault.what if m.fault else ""))
        for m in models
    ]  # fmt: skip
    head = [
        t("model.id"), t("model.trained_for"), t("model.learned_from"), t("model.gain_auc"), t("model.gain_ap"),
        t("model.shows"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=head)


def gained(model: Offered, names: Names) -> str:
    """What a model gained over points on later dates, in a sentence."""
    shown = f"{SHOWN[model.shown]} {names.t.word('model_shown', model.shown)}"
    auc, ap = (gain(model, metric, names) for metric in ("auc", "average_precision"))
    return names.t("model.gained", auc=auc, ap=ap, shown=shown)


def learned_from(facts: ModelFacts, names: Names) -> str:
    """How many rows and outcomes a model learned from."""
    return names.t("model.rows_events", n=names.t.number(facts.n_rows), events=names.t.number(facts.n_events))


def gain(model: Offered, metric: str, names: Names) -> str:
    """A mean gain over the points score with its interval."""
    rows = model.gains[model.gains["metric"] == metric] if len(model.gains) else model.gains
    return with_interval(rows.iloc[0], names, sign=True) if len(rows) else names.t("model.not_measured")


def with_interval(row: Mapping[str, object] | pd.Series, names: Names, *, sign: bool = False) -> str:
    """0,712 (fra 0,680 til 0,744); that it was not measured where the value or an end is missing."""
    t = names.t
    numbers = [math.nan if (x := row.get(k)) is None else float(str(x)) for k in ("value", "low", "high")]
    if any(math.isnan(x) for x in numbers):
        return t("model.not_measured")
    value, low, high = (t.number(x, 3, sign=sign) for x in numbers)
    return t("model.with_interval", value=value, low=low, high=high)


def bars(weighs: Weighs, names: Names) -> pd.DataFrame:
    """label, effect and text of the signals that weigh most, for the picture: group by group, the strongest first.

    A group's own line stands above its signals, without an effect.
    """
    t, rows = names.t, counting(weighs).head(MOST_BARS)
    drawn: list[tuple[str, float, str]] = []
    for group, own in rows.groupby("group", sort=False):
        drawn.append((f"{t.word('group', str(group))}:", 0.0, ""))
        drawn += [(names.signal(name), e, t.number(e, 2)) for name, e in zip(own["signal"], own["effect"], strict=True)]
    return pd.DataFrame(drawn, columns=["label", "effect", "text"])


def takeaway(weighs: Weighs, names: Names) -> str:
    """Which signals weigh most, in a sentence, for those who cannot see the picture."""
    label = [names.signal(name) for name in counting(weighs)["signal"].head(2)]
    return names.t("model.weights_alt", first=label[0], second=label[1] if len(label) > 1 else "–")


def counting(weighs: Weighs) -> pd.DataFrame:
    """The signals that count, strongest first."""
    rows = weighs.signals
    return rows[rows["effect"] > 0]


def weights(rows: pd.DataFrame, names: Names, *, learned: bool) -> pd.DataFrame:
    """Signals with effect, what the odds are multiplied by and, of a learned score, what missing data add."""
    t = names.t
    table = pd.DataFrame({
        t("model.signal"): [names.signal(name) for name in rows["signal"]],
        t("model.group"): [t.word("group", g) for g in rows["group"]],
        t("model.effect"): [t.number(e, 2) for e in rows["effect"]],
        t("model.factor"): [t.number(math.exp(e), 2) for e in rows["effect"]],
    })  # fmt: skip
    if learned:
        gone = [t("model.not_missing") if pd.isna(x) else t.number(x, 2, sign=True) for x in rows["when_missing"]]
        return table.assign(**{t("model.when_missing"): gone})
    return table


def types(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """What each type of service adds to a learned score."""
    t = names.t
    return pd.DataFrame({
        t("model.type"): [names.service_type(kind) for kind in rows["service_type"]],
        t("model.adds"): [t.number(x, 2, sign=True) for x in rows["effect"]],
    })  # fmt: skip


def taken_out(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """What was measured in training and does not count in the score."""
    t = names.t
    return pd.DataFrame({
        t("model.nuisance"): [t.word("model_taken_out", kind) for kind in rows["kind"]],
        t("model.levels"): [t.number(n) for n in rows["levels"]],
        t("model.spread"): [
            f"{t.number(low, 2, sign=True)} – {t.number(high, 2, sign=True)}"
            for low, high in zip(rows["low"], rows["high"], strict=True)
        ],
    })  # fmt: skip


def facts_table(facts: ModelFacts, names: Names) -> pd.DataFrame:
    """The model card's main facts, each beside what it is."""
    t, days = names.t, sorted(facts.trained_through)
    span = {"n": t.number(len(days)), "first": t.date(days[0]), "last": t.date(days[-1])} if days else {}
    lines = {
        t("model.fact_kind"): t.word("model_kind", facts.kind),
        t("model.fact_trained"): t.date(facts.as_of),
        t("model.fact_dates"): t("model.dates_span", **span) if span else t("model.unknown"),
        t("model.fact_rows"): learned_from(facts, names),
        t("model.fact_population"): question(facts, names),
        t("model.fact_auc"): _metric(facts, "auc", names),
        t("model.fact_ap"): _metric(facts, "average_precision", names),
        t("model.fact_slope"): _metric(facts, "calibration_slope", names),
        t("model.fact_inputs"): t.number(len(facts.features)),
        t("model.fact_data"): facts.data_hash[:12] or t("model.unknown"),
        t("model.fact_revision"): facts.git_revision[:12] or t("model.unknown"),
        t("model.fact_libraries"): ", ".join(f"{name} {version}" for name, version in facts.libraries.items()),
    }
    return pd.DataFrame(list(lines.items()), columns=[t("model.fact"), t("model.value")])


def _metric(facts: ModelFacts, metric: str, names: Names) -> str:
    own = [
        r for r in facts.metrics
        if r["metric"] == metric and not r.get("against") and r.get("as_of") is None
        and r.get("method", facts.kind) == facts.kind
    ]  # fmt: skip
    return with_interval(own[0], names) if own else names.t("model.not_measured")
