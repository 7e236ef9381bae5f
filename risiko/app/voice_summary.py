"""A submission in a few lines, for the one who hands it in to look over."""

from __future__ import annotations

from risiko.app.display import plain
from risiko.app.voice_items import method_name, wording
from risiko.i18n import Translator
from risiko.intake.submission import ItemMean, Known, Said, Submission
from risiko.reports.names import Names
from risiko.vocabulary import DIMENSIONS

_NUMBERS = ("n", "n_invited", "n_women", "n_men", "youngest", "oldest")


def as_list(submission: Submission, names: Names, known: Known) -> str:
    """The lines as a Markdown list."""
    return "\n".join(f"- **{what}:** {told}" for what, told in lines(submission, names, known))


def lines(submission: Submission, names: Names, known: Known) -> list[tuple[str, str]]:
    """(what, told) for everything that is filled in; what is blank is left out. Safe as Markdown."""
    t, one = names.t, submission
    words = {
        "method": one.method and method_name(one.method, t),
        "organisation": one.organisation or t("voice.authority_itself"),
        "asked_by": one.asked_by, "period": _period(one, t), "reached": one.reached and t.word("reached", one.reached),
        "reached_how": one.reached_how, "user_group": one.user_group and t.word("user_group", one.user_group),
        **{name: _number(getattr(one, name), t) for name in _NUMBERS},
        "consent": one.consent and t.word("consent", one.consent),
        "purpose": one.purpose and t.word("purpose", one.purpose),
        "keep_until": t.date(one.keep_until) if one.keep_until else "", "wants_back": one.wants_back,
    }  # fmt: skip
    told = [(t.word("voice_field", name), plain(value)) for name, value in words.items() if value]
    told += [(_place(said, names, known), _said(said, t)) for said in one.said]
    told += [(_place(item, names, known), _item(item, t)) for item in one.items]
    agreed = sum(quote.agreed for quote in one.quotes)
    if one.quotes:
        said = t.plural("voice.quotes_agreed", agreed, of=t.number(len(one.quotes)))
        told.append((t.word("voice_field", "quotes"), said))
    return told


def _period(one: Submission, t: Translator) -> str:
    days = [t.date(day) for day in (one.first_day, one.last_day) if day is not None]
    return "–".join(dict.fromkeys(days))


def _number(n: int | None, t: Translator) -> str:
    return "" if n is None else t.number(n)


def _place(one: Said | ItemMean, names: Names, known: Known) -> str:
    if one.service_id:
        return plain(known.services.get(one.service_id, one.service_id))
    named = [names.service_type(one.service_type)] if one.service_type else []
    return plain(", ".join([*named, one.area] if one.area else named) or names.t("data.missing"))


def _said(said: Said, t: Translator) -> str:
    topic = t.word("voice_topic", said.dimension if said.dimension in DIMENSIONS else "whole")
    graded = t.word("criticality", said.criticality) if said.criticality else ""
    told = [graded if said.score is None else t.number(said.score, 1), f"«{plain(said.text)}»" if said.text else ""]
    return f"{topic}: {', '.join(part for part in told if part) or t('data.missing')}"


def _item(item: ItemMean, t: Translator) -> str:
    mean = t.number(item.mean, 1) if item.mean >= 0 else t("data.missing")
    question = plain(wording(item.instrument, item.item, item.wording, t))
    return t("voice.item_line", question=question, mean=mean, n=t.number(item.n))
