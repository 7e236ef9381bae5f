"""Six organisations ask their members, as in the autumn of 2020: invented answers in the real numbers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from risiko.synthetic import places
from risiko.synthetic.span import Floats, Ints, Rng
from risiko.synthetic.words import ORGANISATIONS

# Helsetilsynet, Rapport 6/2020: sent to 15,866 members of six organisations, answered by 1,876; a focus group of nine
# young adults aged 19-28. How the numbers fall on the organisations is invented.
SENT, ANSWERED, IN_GROUP, AGES = 15_866, 1_876, 9, (19, 28)
ASKED = (
    "Pårørendelaget Vinterlys", "Seniorlaget Høstvind", "Foreningen Ved Egne Ord", "Landslaget Døråpner",
    "Brukerlaget Stemmebruk", "Familielaget Trekløver",
)  # fmt: skip
GROUP = "Ungdomslaget Motvind"
_SHARE_SENT = (0.24, 0.19, 0.06, 0.31, 0.12, 0.08)  # (A)
_SHARE_ANSWERED = (0.27, 0.15, 0.10, 0.24, 0.13, 0.11)  # (A)
_WOMEN = 0.71  # who answers such a survey (A)
_BLANK = 0.06
# item -> mean on 0-100 and how far the counties' services lie apart on it (A)
_ITEMS = {
    "own:fewer_hours": (38.0, 9.0), "own:knew_whom_to_call": (52.0, 8.0), "own:asked_before_change": (33.0, 7.0),
    "own:safe_at_home": (58.0, 8.0), "gs_peq:organised": (46.0, 8.0), "gs_peq:satisfactory": (57.0, 8.0),
}  # fmt: skip
TOPICS = {  # which of the six dimensions the organisations' own questions speak about
    "own:fewer_hours": "accessible", "own:knew_whom_to_call": "coordinated", "own:asked_before_change": "involving",
    "own:safe_at_home": "safe",
}  # fmt: skip
_SECOND_WAVE = {"own:fewer_hours": 12.0, "own:knew_whom_to_call": 6.0}  # planted: what got better by the year after
_PERSON_SD = 24.0
STEPS = 5


@dataclass(frozen=True)
class MembersSurvey:
    """One organisation's survey.

    answers: one row per person: respondent, service_type, area (county), woman (bool), and a column per item, 1-5 with
    5 best, blank where it was left out.
    """

    organisation: str
    invited: int
    answers: pd.DataFrame

    @property
    def women(self) -> int:
        return int(self.answers["woman"].sum())


def members_surveys(
    seed: int = 2020, *, wave: int = 1, within: Collection[str] = ()
) -> tuple[MembersSurvey, ...]:  # fmt: skip
    """The six surveys. wave 2 asks as many again a year later, and two of the questions are answered better.

    within: the only counties that members live in; none: all of them.

    A person's answers hang together, and those of one type of service in one county are alike: a design effect above 1.
    """
    rng = np.random.default_rng([seed, wave])
    level = np.random.default_rng([seed, 0]).normal(size=(len(places.counties()), len(_ITEMS)))
    sent, answered = _apportioned(SENT, _SHARE_SENT), _apportioned(ANSWERED, _SHARE_ANSWERED)
    return tuple(
        MembersSurvey(name, int(invited), _answers(rng, name, int(n), level, wave, within))
        for name, invited, n in zip(ASKED, sent, answered, strict=True)
    )


def _apportioned(total: int, shares: tuple[float, ...]) -> Ints:
    """Whole numbers in these shares that add up to the total (largest remainder)."""
    exact = np.array(shares) / sum(shares) * total
    found = np.floor(exact).astype(np.int64)
    found[np.argsort(found - exact, kind="stable")[: total - found.sum()]] += 1
    return np.asarray(found)


def _answers(
    rng: Rng, organisation: str, n: int, level: Floats, wave: int, within: Collection[str]
) -> pd.DataFrame:  # fmt: skip
    table = places.counties()
    weight = table["population"].where(table["county"].isin(within or table["county"]), 0).to_numpy(dtype=float)
    county = rng.choice(len(table), size=n, p=weight / weight.sum())
    types = np.array(ORGANISATIONS[organisation])
    person = rng.normal(size=n)
    frame = pd.DataFrame({
        "respondent": [f"r{i:04}" for i in range(1, n + 1)], "service_type": types[rng.integers(0, len(types), n)],
        "area": table["county"].to_numpy()[county], "woman": rng.random(n) < _WOMEN,
    })  # fmt: skip
    for place, (item, (mean, apart)) in enumerate(_ITEMS.items()):
        better = _SECOND_WAVE.get(item, 0.0) if wave == 2 else 0.0
        noise = _PERSON_SD * (0.6 * person + 0.8 * rng.normal(size=n))
        score = mean + better + apart * level[county, place] + noise
        answer = np.clip(np.round(score / 100 * (STEPS - 1)) + 1, 1, STEPS)
        frame[item] = pd.array(np.where(rng.random(n) < _BLANK, np.nan, answer), dtype="Int64")
    return frame
