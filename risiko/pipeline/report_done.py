"""What came of an organisation's evidence: how far it moved services, what was planned, and what was found since."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from risiko.contracts import Tables
from risiko.disclosure.service_cells import LEAST, service_cells
from risiko.ledger.uses import found_since
from risiko.pipeline.decisions import RELEASE
from risiko.pipeline.plans import KeptPlan
from risiko.pipeline.without_organisation import STRENGTHENED, WEAKENED
from risiko.reports.organisation_facts import CELLS, LATER, NO_PLAN, NO_ROOM, NOT_SEEN, PLANNED, Done

_SEVERITIES = ("remark", "breach", "serious_breach")


def done(
    linked: pd.DataFrame, own: pd.DataFrame, moves: pd.DataFrame, services: pd.DataFrame, plans: Sequence[KeptPlan],
    overrides: pd.DataFrame, known: Tables, *, named: bool,
) -> Done:  # fmt: skip
    """Parts two to four of the report. linked: ledger.uses.links of the pieces `own` with the scored services.

    moves: without_organisation. services: of the cohort, by service_id. plans: those that hold. overrides: see
    decisions.overrides. A plan counts for a service where it was made from what was known on or after the day the first
    of the evidence was received; a supervision where it was carried out after that day.
    """
    if linked.empty:
        return _untold()
    linked = linked.assign(after=linked["piece_id"].map(own.groupby("piece_id")["known_date"].min()))
    each = linked.groupby("service_id")["after"].min().to_frame("received")
    each = each.join(services[["name", "service_type", "county"]]).join(moves.set_index("service_id"))
    each["moved"] = each["moved"].fillna(LATER)
    each = each.join(_planned(each["received"], plans))
    since = found_since(linked, known)
    visits = since.drop_duplicates("supervision_id")
    each["supervised"] = each.index.isin(visits["service_id"])
    cells = service_cells(each["service_type"], each["county"])
    if cells is None and not named:
        return _untold()
    told = pd.DataFrame({"service_type": each["service_type"], "area": each["county"]}) if cells is None else cells
    left = each[(each["state"] != PLANNED).to_numpy()]
    newest = overrides.drop_duplicates("service_id", keep="last").merge(each[["received"]], left_on="service_id",
                                                                        right_index=True)  # fmt: skip
    newest = newest[((newest["at"] >= newest["received"]) & (newest["action"] != RELEASE)).to_numpy()]
    return Done(
        told=True, cells=_cells(each.assign(cell_type=told["service_type"], cell_area=told["area"])),
        grounds=_counted(each.loc[each["state"] == PLANNED, ["ground"]]),
        reasons=_counted(left[["state"]].rename(columns={"state": "reason"})),
        overrides=_counted(newest[["action", "reason"]]),
        found=_found(visits, known), visits=len(visits), pending=int(visits["worst"].isna().sum()),
        clean=int((visits["worst"] == "none").sum()), services=_by_name(each) if named else None,
    )  # fmt: skip


def _planned(received: pd.Series, plans: Sequence[KeptPlan]) -> pd.DataFrame:
    """state and ground of each service: planned, or the newest reason why not."""
    rows = [_told_by(plan) for plan in plans]
    found = pd.DataFrame({"state": NO_PLAN, "ground": ""}, index=received.index, dtype="str")
    if not rows:
        return found
    every = pd.concat(rows).merge(received.rename("received"), left_on="service_id", right_index=True)
    every = every[(every["as_of"] >= every["received"]).to_numpy()].sort_values(["sure", "number"], kind="stable")
    newest = every.drop_duplicates("service_id", keep="last").set_index("service_id")
    newest_as_of = max(pd.Timestamp(plan.record.as_of) for plan in plans)
    found["state"] = found["state"].mask(received <= newest_as_of, NOT_SEEN)
    found.loc[newest.index, ["state", "ground"]] = newest[["state", "ground"]]
    return found


def _told_by(plan: KeptPlan) -> pd.DataFrame:
    """What a plan says of each service; a visit is surer than a reason, and a reason than that there was no room."""
    record = plan.record
    visits = record.visits[["service_id", "ground"]].assign(state=PLANNED, sure=2)
    reasons = record.left_out[["service_id", "reason"]].rename(columns={"reason": "state"}).assign(ground="", sure=1)
    seen = record.shown[["service_id"]].assign(state=NO_ROOM, ground="", sure=0)
    every = pd.concat([visits.drop_duplicates("service_id"), reasons, seen])
    return every.assign(number=plan.number, as_of=pd.Timestamp(record.as_of))


def _cells(each: pd.DataFrame) -> pd.DataFrame:
    up, down = each["moved"] == STRENGTHENED, each["moved"] == WEAKENED
    flags = each.assign(
        strengthened=up, weakened=down, later=each["moved"] == LATER, planned=each["state"] == PLANNED,
        up=each["places"].where(up), down=each["places"].where(down),
    )  # fmt: skip
    found = flags.groupby(["cell_type", "cell_area"]).agg(
        services=("moved", "size"), strengthened=("strengthened", "sum"), weakened=("weakened", "sum"),
        later=("later", "sum"), up=("up", "median"), down=("down", "median"), planned=("planned", "sum"),
        supervised=("supervised", "sum"),
    ).reset_index().rename(columns={"cell_type": "service_type", "cell_area": "area"})  # fmt: skip
    for side, n in (("up", "strengthened"), ("down", "weakened")):  # a median of one would be that one's own
        found[side] = found[side].where(found[n] >= LEAST)
    found["unmoved"] = found["services"] - found["strengthened"] - found["weakened"] - found["later"]
    # The cells of the others stand last.
    order = found.assign(other=found["service_type"] == "", rest=found["area"] == "")
    order = order.sort_values(["other", "service_type", "rest", "area"], ignore_index=True)
    return order[list(CELLS)]


def _found(visits: pd.DataFrame, known: Tables) -> pd.DataFrame:
    said = known["findings"]
    said = said[(said["supervision_id"].isin(visits["supervision_id"]) & (said["severity"] != "none")).to_numpy()]
    flags = {name: said["severity"] == name for name in _SEVERITIES}
    told = said.assign(dimension=said["dimension"].fillna(""), corrected=said["corrected_date"].notna(), **flags)
    return told.groupby("dimension")[[*_SEVERITIES, "corrected"]].sum().reset_index()


def _by_name(each: pd.DataFrame) -> pd.DataFrame:
    each = each.rename(columns={"county": "area"}).reset_index().sort_values("places", key=lambda c: -c.abs())
    names = ["service_id", "name", "service_type", "area", "likelihood_with", "likelihood_without", "places", "moved",
             "state", "ground", "supervised"]  # fmt: skip
    return each[names].reset_index(drop=True)


def _counted(rows: pd.DataFrame) -> pd.DataFrame:
    """How many services have each of the words, most first."""
    names = list(rows)
    found = rows.groupby(names).size().rename("services").reset_index()
    return found.sort_values(["services", *names], ascending=[False, *[True] * len(names)], ignore_index=True)


def _untold() -> Done:
    nothing = pd.DataFrame({"reason": [], "services": []})
    found = pd.DataFrame(columns=["dimension", *_SEVERITIES, "corrected"])
    return Done(False, pd.DataFrame(columns=list(CELLS)), nothing, nothing, nothing, found, 0, 0, 0)
