"""The model card: what a model is for, what it is not for, and what is known of it, from its manifest alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from risiko.registry.facts import ModelFacts
from risiko.reports import card_results as results
from risiko.reports.card_format import Block, Bullets, Section, Table, as_html, as_markdown
from risiko.store.anchors import POINTS, ModelEntry

CARD_MARKDOWN, CARD_HTML = "card.md", "card.html"
KINDS = {
    "learned": "A penalised, monotone, additive logistic regression: what every signal adds can be read off",
    "boosting": "Gradient-boosted trees, kept apart by group of signals: what every group adds can be read off",
    "ebm": "An explainable boosting machine: an additive model with a curve for every signal",
}
NOT_FOR = (
    "Deciding anything about a service without a person who looks at the reasons and at the service.",
    "Concluding that a service with a low score is good: voices that are not heard are not a sign of safety.",
    "Sanctions, licences, payment, or a public ranking of services or providers.",
    "Judging natural persons, single employees, inspectors or offices.",
    "Another authority's services, or another kind of outcome, without a new training and a new backtest there.",
)
LIMITS = (
    "It has learned from supervisions that were chosen, not drawn: where nobody went, nothing is known.",
    "What it was trained to find is what supervisions find, which is not the same as what users live with.",
    "A score for one service is uncertain; its rank interval and evidence belong with it.",
    "Rules, registers and practice change; it must be tested again on every new year of outcomes.",
)
SEVERITIES = {"remark": "a remark", "breach": "a breach", "serious_breach": "a serious breach"}


def card_markdown(facts: ModelFacts, entry: ModelEntry, promotions: pd.DataFrame | None = None) -> str:
    """The card as Markdown.

    entry: without a manifest hash where the card is written into the folder that the hash covers. promotions: as
    Store.promotions gives them; None: not asked. Nothing but the manifest and these is read.
    """
    return as_markdown(_title(entry), _sections(facts, entry, promotions))


def card_html(facts: ModelFacts, entry: ModelEntry, promotions: pd.DataFrame | None = None) -> str:
    """The card as one self-contained, accessible HTML page; see card_markdown."""
    return as_html(_title(entry), _sections(facts, entry, promotions))


def cards(facts: ModelFacts, entry: ModelEntry) -> dict[str, str]:
    """File name -> text of both cards: what registry.save asks for as write_cards."""
    return {CARD_MARKDOWN: card_markdown(facts, entry), CARD_HTML: card_html(facts, entry)}


def outcome_in_words(facts: ModelFacts) -> str:
    """What the model's probability is a probability of, in a sentence."""
    rule = facts.outcome
    found = _found(rule)
    if found is None or "horizon_days" not in rule:
        return "The manifest does not say in full what counts as the outcome; the settings below are all there is."
    days = f"{rule['horizon_days']} days after the date"
    when = f"becomes known within {days}" if rule.get("counted") == "became_known" else f"is carried out within {days}"
    if facts.population == "inspected":
        asked = f"How likely it is that a supervision of the service finds {found}, if one {when}."
        return f"{asked} Services that were not supervised have no label: they were not counted as free of it."
    asked = f"How likely it is that a supervision of the service {when} and finds {found}."
    return f"{asked} A service nobody visited counts as free of it, so the model also learns who is visited."


def _found(rule: Mapping[str, Any]) -> str | None:
    match rule.get("measure"):
        case "severity":
            return f"{SEVERITIES.get(str(rule.get('severity')), str(rule.get('severity')))} or worse"
        case "breaches_per_topic":
            return f"at least {rule.get('threshold')} breaches per topic it looks at"
        case "breach_share":
            return f"breaches as a share of at least {rule.get('threshold')} of its findings"
    return None


def _title(entry: ModelEntry) -> str:
    return f"Model card: {entry.model_id}"


def _sections(facts: ModelFacts, entry: ModelEntry, promotions: pd.DataFrame | None) -> list[Section]:
    return [
        Section("What it is", _what(facts, entry)),
        Section("Intended use", (
            "To put services in operation in order before a planner chooses which to supervise next, as one ground "
            "among several, together with the reasons, the evidence and the rank interval of each.",
        )),
        Section("Not for", (Bullets(NOT_FOR),)),
        Section("Outcome and population", _outcome(facts)),
        Section("Data", _data(facts)),
        Section("Performance", results.performance(facts)),
        Section("Calibration", results.calibration(facts)),
        Section("Equal treatment", results.equal_treatment(facts)),
        Section("Checks", results.checks(facts)),
        Section("Limits", (Bullets((*LIMITS, *facts.warnings)),)),
        Section("How it came into force", _force(entry, promotions)),
        Section("How it was made", _made(facts)),
    ]  # fmt: skip


def _what(facts: ModelFacts, entry: ModelEntry) -> tuple[Block, ...]:
    hashed = entry.manifest_sha256 or "in the store's register, not here, since the hash covers this card too"
    return (
        f"{KINDS[facts.kind]}. Trained for {facts.as_of.isoformat()}; saved {entry.recorded_at:%Y-%m-%d %H:%M} (UTC).",
        f"SHA-256 of the manifest: {hashed}.",
    )


def _outcome(facts: ModelFacts) -> tuple[Block, ...]:
    lines = [(str(name), _value(value)) for name, value in facts.outcome.items()]
    return (outcome_in_words(facts), Table("The outcome's settings", ("Setting", "Value"), lines))


def _data(facts: ModelFacts) -> tuple[Block, ...]:
    rate = facts.n_events / facts.n_rows
    trained = ", ".join(day.isoformat() for day in facts.trained_through)
    lines = [
        (str(r["as_of"]), str(r["n"]), str(r["events"]), f"{100 * r['events'] / r['n']:.1f} %" if r["n"] else "none")
        for r in facts.cohorts
    ]  # fmt: skip
    header = ("As-of date", "Labelled services", "With the outcome", "Share")
    return (
        f"Learned from {facts.n_rows} labelled rows, {facts.n_events} of them with the outcome ({100 * rate:.1f} %), "
        f"of the cohorts of {trained}.",
        f"Records: version {facts.data_version or 'not told'}, content {facts.data_hash or 'not told'}.",
        Table("Training cohorts", header, lines) if lines else "The share by date was not recorded.",
        f"It reads {len(facts.features)} inputs; what is missing stands as missing: {', '.join(facts.features)}.",
    )


def _force(entry: ModelEntry, promotions: pd.DataFrame | None) -> tuple[Block, ...]:
    if promotions is None:
        return (
            "This card was written when the model was saved. What was decided later stands in the store's record of "
            "promotions (risiko models).",
        )
    own = (promotions["model_id"] == entry.model_id).to_numpy()
    if not own.any():
        return ("It was never put in force.",)
    told = promotions[own | (promotions["model_id"] != entry.model_id).to_numpy() & _after(own)]
    lines = [
        (f"{line.at:%Y-%m-%d %H:%M}", _decided(line.model_id, entry.model_id), line.why, line.by or "not told")
        for line in told.itertuples()
    ]
    return (Table("Decisions", ("When (UTC)", "What", "Why", "By"), lines),)


def _after(own: Any) -> Any:
    """Which decisions come right after one of the model's own."""
    return pd.Series(own).shift(fill_value=False).to_numpy()


def _decided(model_id: str, own: str) -> str:
    if model_id == own:
        return "put in force"
    return "replaced by the points score" if model_id == POINTS else f"replaced by {model_id}"


def _made(facts: ModelFacts) -> tuple[Block, ...]:
    lines = [(name, number) for name, number in facts.libraries.items()]
    return (
        f"Code revision: {facts.git_revision or 'not known'}. All settings in force stand in manifest.json.",
        Table("Versions", ("Library", "Version"), lines),
    )


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None or value == "" else str(value)
