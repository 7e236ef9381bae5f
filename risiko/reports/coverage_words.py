"""Who is heard from and who is not, in words: gaps as sentences, cautions, tables; small numbers never told."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.contracts import LIST_SEPARATOR
from risiko.disclosure import TOTAL
from risiko.ledger.places import UNKNOWN
from risiko.reports.names import Names

BANDS = ("new", "older", "late", "never")
NEW_MONTHS = 12


def people(n: object, hidden: bool, names: Names) -> str:
    """A number of people as it may be told: "361", "at least 361", or hidden; nobody is a sign, not a number."""
    if pd.isna(n):
        return names.t("coverage.hidden") if hidden else "–"
    number = names.t.number(n)
    return names.t("coverage.at_least", n=number) if hidden else number


def place(kind: str, county: str, names: Names) -> tuple[str, str]:
    """The type in small letters and the county, as a sentence names them."""
    word = names.service_type(kind) if kind != UNKNOWN else names.t("data.missing")
    return word[:1].lower() + word[1:], county if county != UNKNOWN else names.t("coverage.no_county")


def gap_sentence(gap: pd.Series, names: Names) -> str:
    """One gap: for how long nobody was heard, and who may reach them."""
    t, months = names.t, names.settings.voices.gap_months
    kind, county = place(gap["service_type"], gap["county"], names)
    told = (
        t("coverage.gap_never", type=kind, county=county) if pd.isna(gap["months_since"])
        else t.plural("coverage.gap", int(gap["months_since"]), type=kind, county=county)
    )  # fmt: skip
    said = [told]
    if gap["heard_here"]:
        said.append(t("coverage.gap_here", organisations=listed(gap["heard_here"])))
    if gap["reach_elsewhere"]:
        said.append(t("coverage.gap_elsewhere", organisations=listed(gap["reach_elsewhere"]), months=months))
    if not (gap["heard_here"] or gap["reach_elsewhere"]):
        said.append(t("coverage.gap_nobody", months=months))
    return " ".join(said)


def gap_table(gaps: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The work list: place in it, type, county, services, users, what is missing and who could reach them."""
    t = names.t
    where = [place(kind, county, names) for kind, county in zip(gaps["service_type"], gaps["county"], strict=True)]
    return pd.DataFrame({
        t("coverage.order"): [t.number(i + 1) for i in range(len(gaps))],
        t("column.type"): [kind[:1].upper() + kind[1:] for kind, _ in where],
        t("column.county"): [county for _, county in where],
        t("coverage.services"): [t.number(n) for n in gaps["services"]],
        t("coverage.users"): [t.number(n) for n in gaps["users"]],
        t("coverage.what"): [gap_sentence(gap, names) for _, gap in gaps.iterrows()],
    })  # fmt: skip


def gap_line(gap: pd.Series, names: Names) -> str:
    """One gap as a line of the work list: where, how many use it, for how long nobody was heard, who may reach them."""
    t = names.t
    kind, county = place(gap["service_type"], gap["county"], names)
    users = t("coverage.users_untold") if pd.isna(gap["users"]) else t.plural("coverage.n_users", round(gap["users"]))
    services = t.plural("coverage.n_services", int(gap["services"]))
    where = t("coverage.gap_where", type=kind[:1].upper() + kind[1:], county=county, services=services, users=users)
    return f"{where} {gap_sentence(gap, names)}"


def caution_sentences(found: pd.DataFrame, names: Names) -> list[str]:
    """All cautions; one organisation's share about several types is one sentence."""
    by_type = (found["kind"] == "organisation") & (found["service_type"] != "")
    said = [caution_sentence(row, names) for _, row in found[~by_type].iterrows()]
    much = []
    for organisation, rows in found[by_type].groupby("name"):
        about = [f"{place(kind, '', names)[0]} ({_share(share, names)})"
                 for kind, share in zip(rows["service_type"], rows["share"], strict=True)]  # fmt: skip
        much.append(names.t("coverage.organisation_types", organisation=organisation, types=", ".join(about)))
    overall = int((found["kind"] == "organisation").sum() - by_type.sum())
    return said[:overall] + much + said[overall:]


def _share(share: float, names: Names) -> str:
    rule = names.settings.voices
    if pd.isna(share):
        return names.t("coverage.more_than", share=names.t.percent(rule.largest_share))
    return names.t.percent(share)


def caution_sentence(caution: pd.Series, names: Names) -> str:
    """One caution as a sentence that says what it rests on."""
    t, kind, rule = names.t, caution["kind"], names.settings.voices
    of = t.plural("coverage.of_pieces", int(caution["of"]))
    n = t.number(caution["n"])
    about = place(caution["service_type"], "", names)[0] if caution["service_type"] else ""
    share = caution["share"]
    match kind:
        case "organisation":
            said = t("coverage.organisation", organisation=caution["name"], share=_share(share, names), n=n, of=of)
        case "few_women" | "few_men":
            said = t(f"caution.{kind}", limit=t.percent(rule.fewest_of_a_sex), n=n, of=of)
        case "one_method":
            said = t("caution.one_method", type=about, method=t.word("method", caution["name"]).lower(), of=of)
        case "low_response":
            much = t("coverage.few_percent") if pd.isna(share) else t.percent(share)
            said = t("caution.low_response", share=much, n=n)
        case _:
            said = t(f"caution.{kind}", type=about, n=n, of=of)
    return said


def matrix(cells: pd.DataFrame, totals: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Types by county: people heard and when last; the last row and column the totals, as far as they may be told."""
    t = names.t
    text = cells.assign(said=[_cell(row, names) for _, row in cells.iterrows()])
    wide = text.pivot(index="service_type", columns="county", values="said").fillna("")
    told = {(r, c): people(n or None, h > 0, names) for r, c, n, h in
            zip(totals["row"], totals["column"], totals["people"], totals["hidden"], strict=True)}  # fmt: skip
    all_counties = pd.DataFrame({c: [told.get((TOTAL, c), "–")] for c in wide.columns})
    wide[t("coverage.all")] = [told.get((kind, TOTAL), "–") for kind in wide.index]
    all_counties[t("coverage.all")] = told.get((TOTAL, TOTAL), "–")
    types = [place(kind, "", names)[0] for kind in wide.index]
    body = pd.concat([wide, all_counties], ignore_index=True)
    body.insert(0, t("column.type"), [*(kind[:1].upper() + kind[1:] for kind in types), t("coverage.all")])
    return body.rename(columns={UNKNOWN: t("coverage.no_county")})


def picture(cells: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The rows of charts.heard: where there is a service in operation."""
    shown = cells[(cells["services"] > 0) & (cells["county"] != UNKNOWN)]
    months, gap = shown["months_since"], names.settings.voices.gap_months
    told = months.astype("float64")
    band = np.select([told.isna(), told < NEW_MONTHS, told < gap], [BANDS[3], BANDS[0], BANDS[1]], BANDS[2])
    return pd.DataFrame({
        "type": [names.service_type(kind) for kind in shown["service_type"]], "county": shown["county"],
        "band": [band_word(b, names) for b in band], "label": ["×" if pd.isna(m) else f"{m}" for m in months],
        "text": [f"{names.service_type(r['service_type'])}, {r['county']}: {last_heard(r, names)}"
                 for _, r in shown.iterrows()],
    })  # fmt: skip


def band_word(band: str, names: Names) -> str:
    """The word for how long it is."""
    gap = names.settings.voices.gap_months
    return names.t(f"heard_band.{band}", first=NEW_MONTHS, months=gap)


def last_heard(row: pd.Series, names: Names) -> str:
    """The month of the newest piece, or never."""
    return names.t("coverage.never") if pd.isna(row["newest"]) else names.t.month(row["newest"])


def by_axis(found: pd.DataFrame, axis: str, names: Names) -> pd.DataFrame:
    """User groups or methods: pieces, people, last heard. Whoever is never heard of stands there too, as never."""
    t = names.t
    return pd.DataFrame({
        t("coverage.group") if axis == "user_group" else t("voices.method"): [
            t("coverage.untold") if word == UNKNOWN else t.word(axis, word) for word in found[axis]],
        t("coverage.pieces"): [t("coverage.hidden") if pd.isna(n) else t.number(n) for n in found["pieces"]],
        t("coverage.people"): [people(n, bool(h), names) for n, h in
                               zip(found["people"], found["people_hidden"], strict=True)],
        t("coverage.last"): [last_heard(row, names) for _, row in found.iterrows()],
    })  # fmt: skip


def half_years(found: pd.DataFrame, names: Names) -> pd.DataFrame:
    """People by half-year, newest first."""
    t, newest = names.t, found.iloc[::-1]
    return pd.DataFrame({
        t("coverage.half_year"): [f"{d.year}, {t('coverage.first_half' if d.month == 6 else 'coverage.second_half')}"
                                  for d in newest["half_year"]],
        t("coverage.people"): [people(n or None, bool(h), names) for n, h in
                               zip(newest["people"], newest["hidden"], strict=True)],
    })  # fmt: skip


def listed(names: str) -> str:
    """Names separated by a bar as a sentence lists them."""
    return ", ".join(names.split(LIST_SEPARATOR))


def _cell(row: pd.Series, names: Names) -> str:
    if pd.isna(row["newest"]):
        return names.t("coverage.never") if row["services"] else "–"
    n = row["people"]
    told = people(n, bool(row["people_hidden"]), names)
    return f"{told} ({names.t.month(row['newest'])})"
