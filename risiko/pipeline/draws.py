"""Draws: make one where capacity cuts through a tier, keep it in the store, and make kept ones again to check them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from risiko import plan
from risiko.access import Person, require
from risiko.errors import InputError, StoreError
from risiko.pipeline.runs import Authority, Run
from risiko.plan.cut import ELIGIBLE
from risiko.plan.record import Difference
from risiko.store.decisions import link

if TYPE_CHECKING:
    from risiko.i18n import Translator
    from risiko.reports.draw_protocol import DrawProtocol


@dataclass(frozen=True)
class KeptDraw:
    """A draw in the store. seq: its number. sha256: its hash there, printed on the protocol.

    earlier: the numbers of the draws made before it for the same date; a reader should ask why there are any.
    """

    seq: int
    sha256: str
    record: plan.DrawRecord
    earlier: Sequence[int] = ()


def cut_of(run: Run) -> plan.Cut:
    """Where the run's capacity ends on its list, and whether a draw is needed: plan.Cut."""
    return plan.cut_at(run.table.scores, run.table.top, run.prepared.cohort.services["name"])


def draw_for(
    authority: Authority, run: Run, *, seed: int, why: str, by: str, now: datetime, method: str = "chance",
    who: Person | None = None,
) -> KeptDraw | None:  # fmt: skip
    """Make the draw that the run's capacity asks for and keep it; None where capacity cuts through no tier.

    method: plan.METHODS. who: whoever has logged in, who must be allowed to draw for all offices; None: whoever can
    open the store file. Raises InputError for a blank reason or name, a negative seed or an unknown method; NotAllowed.
    """
    if who is not None:
        require(who, "draw")
    found = cut_of(run)
    if not found.needed:
        return None
    chosen = run.prepared.settings
    made_at = now if now.tzinfo is None else now.astimezone(UTC).replace(tzinfo=None)
    record = plan.drawn(
        found, as_of=run.as_of, seed=seed, made_at=made_at, by=by, why=why, model_id=run.table.model_id,
        told_apart=chosen.score.told_apart, method=method, weights=run.weights,
        data_version=run.prepared.data_version, settings_version=chosen.version,
        list_seed=chosen.score.seed,
    )  # fmt: skip
    seq = authority.store.record_draw(plan.as_text(record), run.as_of, record.why, now, record.by)
    kept = kept_draw(authority, seq)
    if kept is None:  # it has just been written
        raise StoreError("The draw was made and cannot be read back.", where=authority.store.address, hint="try again")
    return kept


def kept_draws(authority: Authority, as_of: date | None = None) -> list[KeptDraw]:
    """Every draw kept (for one date, where it is given), oldest first. Raises StoreError where one cannot be read."""
    rows = authority.store.draws()
    wanted = rows if as_of is None else rows[rows["as_of"] == pd.Timestamp(as_of)]
    earlier: dict[Any, tuple[int, ...]] = {}
    found = []
    for row in wanted.to_dict("records"):
        record = _record(authority, row)
        before = earlier.get(row["as_of"], ())
        found.append(KeptDraw(row["seq"], row["sha256"], record, before))
        earlier[row["as_of"]] = (*before, row["seq"])
    return found


def kept_draw(authority: Authority, seq: int) -> KeptDraw | None:
    """One draw by its number, whatever the state of the others; None where there is none. Raises as `kept_draws`."""
    rows = authority.store.draws()
    own = rows[rows["seq"] == seq]
    if own.empty:
        return None
    row = own.to_dict("records")[0]
    before = rows[(rows["as_of"] == row["as_of"]) & (rows["seq"] < seq)]
    return KeptDraw(row["seq"], row["sha256"], _record(authority, row), tuple(before["seq"].tolist()))


def _record(authority: Authority, row: dict[str, Any]) -> plan.DrawRecord:
    try:
        return plan.from_text(row["record"])
    except InputError as error:
        where = f"{authority.store.address}, draw {row['seq']}"
        raise StoreError(error.what, where=where, hint=error.hint) from error


def draw_of(authority: Authority, run: Run) -> KeptDraw | None:
    """The newest draw made of this very list: same date, score, weights, capacity, and the same services and chances.

    None where there is none, or the list has changed since.
    """
    return newest_of(kept_draws(authority, run.as_of), run)


def newest_of(kept: Sequence[KeptDraw], run: Run) -> KeptDraw | None:
    """The newest of some kept draws, oldest first, that is of this very list (see `draw_of`)."""
    found = cut_of(run)
    same = [one for one in kept if _about(one.record, run, found)] if found.needed else []
    return same[-1] if same else None


def _about(record: plan.DrawRecord, run: Run, found: plan.Cut) -> bool:
    asked = (run.as_of, run.table.model_id, run.weights, found.top, found.sure, found.tier)
    was = (record.as_of, record.model_id, dict(record.weights), record.top, record.sure, record.tier)
    if asked != was or len(record.eligible) != len(found.eligible):
        return False
    now = found.eligible.assign(p_top=found.eligible["p_top"].round(6))
    return all(now[name].tolist() == record.eligible[name].tolist() for name in ELIGIBLE)


def check_draws(authority: Authority) -> list[tuple[int, Difference]]:
    """Make every kept draw again from its record: (number of the draw, what comes out otherwise). Empty: all is sound.

    "chain": the record is not the one that was written, or a draw before it was taken away. "line": what the store says
    of the draw beside its record. The last draws of all can be taken away unseen; printed protocols tell of those.
    """
    found: list[tuple[int, Difference]] = []
    before = ""
    for place, row in enumerate(authority.store.draws().to_dict("records"), start=1):
        expected = link(before, row["record"])
        if row["sha256"] != expected or row["seq"] != place:
            found.append((row["seq"], Difference("chain", "", row["sha256"], expected)))
        before = row["sha256"]
        try:
            record = plan.from_text(row["record"])
        except InputError as error:
            found.append((row["seq"], Difference("record", "", error.what, "")))
            continue
        line = (row["as_of"].date(), row["made_at"], row["by"], row["why"])
        said = (record.as_of, pd.Timestamp(record.made_at), record.by, record.why)
        if line != said:
            found.append((row["seq"], Difference("line", "", f"{line}", f"{said}")))
        found += [(row["seq"], difference) for difference in plan.verify(record)]
    return found


def protocol_of(authority: Authority, kept: KeptDraw, t: Translator) -> DrawProtocol:
    """The draw as a protocol in the reader's language, for reports.draw_protocol to write as HTML or XLSX."""
    from risiko.reports.draw_protocol import DrawProtocol
    from risiko.reports.names import Names

    declared = authority.store.read(["metadata_columns"])["metadata_columns"]
    names = Names.of(t, authority.settings, declared)
    return DrawProtocol(kept.record, kept.seq, kept.sha256, kept.earlier, names)
