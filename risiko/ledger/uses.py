"""From pieces of evidence to what they lay behind: services spoken of, planned visits, decisions and findings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import pandas as pd

from risiko.contracts import Tables
from risiko.organisations import spelling
from risiko.settings import Settings
from risiko.signals.experience_area import served_places
from risiko.signals.registry import Context

FAILURES = ("breach", "serious_breach")
LINKS = ("piece_id", "service_id", "direct")
FOUND = (
    "piece_id", "service_id", "direct", "supervision_id", "event_date", "findings", "failures", "worst", "corrected",
    "corrected_date",
)  # fmt: skip
_SCALE = ("none", "remark", *FAILURES)


def links(found: pd.DataFrame, known: Tables, as_of: date, settings: Settings,
          services: Collection[str] | None = None) -> pd.DataFrame:  # fmt: skip
    """Which services each piece speaks of: LINKS, one row per piece and service.

    found: ledger.pieces.pieces. known: tables cut at as_of. services: only these; default all. direct: of the service
    itself; otherwise of its type in its county or in a municipality it serves. Said in both ways it is direct.
    """
    told = known["services"].set_index("service_id")
    told = told if services is None else told[told.index.isin(list(services))]
    direct = found.loc[found["service_id"].isin(told.index), ["piece_id", "service_id"]].assign(direct=True)
    about = found[(found["service_id"].isna() & found["service_type"].notna() & found["area"].notna()).to_numpy()]
    about = about.assign(type=about["service_type"], area=spelling(about["area"]))[["piece_id", "type", "area"]]
    places = served_places(Context(told, known, as_of, settings))
    places = places.assign(service_id=told.index.to_numpy()[places["position"]])[["type", "area", "service_id"]]
    of_area = about.merge(places, on=["type", "area"])[["piece_id", "service_id"]].assign(direct=False)
    both = pd.concat([direct, of_area], ignore_index=True).drop_duplicates(["piece_id", "service_id"])
    return both.astype({"piece_id": "str", "service_id": "str", "direct": "bool"})[list(LINKS)]


def as_entry(linked: pd.DataFrame) -> dict[str, Any]:
    """Links to visited services as the log keeps them: services (service_id -> ids of the pieces about itself) and
    areas (id of a piece about an area -> how many of the visited services it speaks of). No text is among them."""
    direct, of_area = linked[linked["direct"]], linked[~linked["direct"]]
    own = direct.sort_values(["service_id", "piece_id"]).groupby("service_id")["piece_id"].agg(list)
    return {
        "services": {str(name): list(ids) for name, ids in own.items()},
        "areas": {str(name): int(n) for name, n in of_area["piece_id"].value_counts().sort_index().items()},
    }


def from_entry(body: Mapping[str, Any]) -> tuple[pd.DataFrame, set[str]]:
    """The direct links of an entry, and the pieces about areas that it names."""
    rows = [(piece, name) for name, ids in body["services"].items() for piece in ids]
    direct = pd.DataFrame(rows, columns=["piece_id", "service_id"], dtype="str").assign(direct=True)
    return direct, set(body["areas"])


def followed(linked: pd.DataFrame, found: pd.DataFrame, behind: pd.DataFrame) -> pd.DataFrame:
    """Which services are followed for each piece, and from which day: uses.LINKS and after.

    A service that was spoken of itself, from the day the piece was first known. Of those that are only of the type in
    the area, the ones that a plan visits with the piece behind it, from the plan's date: the others' supervisions are
    no consequence. linked: `links`. found: ledger.pieces.pieces. behind: LINKS, as_of, withdrawn; by plan.
    """
    day = found.groupby("piece_id")["known_date"].min()
    direct = linked[linked["direct"]]
    direct = direct.assign(after=day.reindex(direct["piece_id"]).to_numpy())
    held = behind[~behind["direct"] & ~behind["withdrawn"]]
    of_area = held.groupby(["piece_id", "service_id"])["as_of"].min().rename("after").reset_index().assign(direct=False)
    both = pd.concat([direct, of_area], ignore_index=True)[[*LINKS, "after"]]
    return both.drop_duplicates(["piece_id", "service_id"]).astype({"direct": "bool"}).reset_index(drop=True)


def found_since(linked: pd.DataFrame, known: Tables) -> pd.DataFrame:
    """What supervisions found after the evidence was known: FOUND, one row per piece, service and supervision.

    linked: `followed`. Only a supervision carried out after that day; one of that very day is no consequence of it.
    findings: remarks and worse; failures: breaches and serious breaches; worst: a word, missing while none is known.
    corrected: how many of the findings are put right, corrected_date: the newest day one was. known: tables cut at the
    day of reading.
    """
    visits = known["supervisions"][["supervision_id", "service_id", "event_date"]]
    after = linked.merge(visits, on="service_id")
    after = after[(after["event_date"] > after["after"]).to_numpy()]
    said = known["findings"]
    grade = pd.Series(range(len(_SCALE)), index=_SCALE).reindex(said["severity"]).to_numpy()
    wrong = (said["severity"] != "none").to_numpy()
    said = said.assign(grade=grade, findings=wrong, failures=said["severity"].isin(FAILURES),
                       corrected=wrong & said["corrected_date"].notna())  # fmt: skip
    told = said.groupby("supervision_id").agg(
        findings=("findings", "sum"), failures=("failures", "sum"), grade=("grade", "max"),
        corrected=("corrected", "sum"), corrected_date=("corrected_date", "max"),
    )  # fmt: skip
    both = after.merge(told, "left", left_on="supervision_id", right_index=True)
    numbers = both[["findings", "failures", "corrected"]].fillna(0).astype("int64")
    worst = both["grade"].map(dict(enumerate(_SCALE))).astype("str")
    both = both.assign(**numbers, worst=worst).sort_values(["piece_id", "event_date", "supervision_id"], kind="stable")
    return both.reset_index(drop=True)[list(FOUND)]


def counted(found: pd.DataFrame, planned: pd.DataFrame, since: pd.DataFrame) -> pd.DataFrame:
    """The ledger: one row per piece with what became of it; see pipeline.ledger.ledger for the columns.

    found: ledger.pieces.pieces. planned: pipeline.evidence_use.behind_plans. since: `found_since`.
    """
    one = found.groupby("piece_id", sort=False)
    table = one.agg(
        organisation=("organisation", "first"), method=("method", "first"), service_id=("service_id", "first"),
        service_type=("service_type", "first"), area=("area", "first"), subjects=("piece_id", "size"),
        event_date=("event_date", "max"), known_date=("known_date", "min"), n=("n", "max"), scored=("scored", "any"),
    )  # fmt: skip
    held = planned[~planned["withdrawn"]]
    visits = since.drop_duplicates(["piece_id", "supervision_id"]).groupby("piece_id")
    numbers = {
        "plans": planned.groupby("piece_id")["plan"].nunique(),
        "planned": held.groupby("piece_id")["service_id"].nunique(),
        "supervisions": visits.size(), "findings": visits["findings"].sum(), "failures": visits["failures"].sum(),
        "corrected": visits["corrected"].sum(),
    }  # fmt: skip
    counts = {name: values.reindex(table.index).fillna(0).astype("int64") for name, values in numbers.items()}
    return table.assign(**counts).reset_index()
