"""Submissions for tests: one in order for each method, and drawn ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from risiko import vocabulary as v
from risiko.intake.instruments import INSTRUMENTS
from risiko.intake.methods import ITEMS, METHOD_FORMS, SCORE
from risiko.intake.submission import ItemMean, Known, Quote, Said, Submission

TODAY = date(2026, 5, 1)
KNOWN = Known(
    services={"s1": "Solbakken sykehjem", "s2": "Fjellheim hjemmetjeneste"},
    service_types=("nursing_home", "home_care"), areas=("Tromsø", "Troms"),
    organisations=("Foreningen Ved Egne Ord", "Seniorlaget Høstvind"), today=TODAY, keep_months=36,
)  # fmt: skip
PEOPLE = {"narrative": 1, "focus_group": 9, "video": 3, "flow_chart": 8}


def good(method: str = "interview", /, **changes: Any) -> Submission:
    """A submission of this method with nothing wrong and nothing doubtful."""
    n = PEOPLE.get(method, 40)
    graded = {"score": 62.0} if SCORE in METHOD_FORMS[method].scored_by else {"criticality": "serious"}
    made = Submission(
        method=method, organisation="Seniorlaget Høstvind", asked_by="to fra styret", reached="members",
        reached_how="brev til alle medlemmer", user_group="users", n=n, n_invited=2 * n, youngest=30, oldest=81,
        first_day=date(2026, 3, 2), last_day=date(2026, 4, 20), consent="agreed", purpose="supervision",
        said=(Said(service_id="s1", dimension="safe", text="Hun fikk ikke hjelp om natten.", **graded),),
        quotes=(Quote("Vi ventet i tre dager.", agreed=True, dimension="accessible"),),
    )  # fmt: skip
    return replace(made, **changes)


def drawn(seed: int) -> Submission:
    """A submission in order, all of it drawn: method, people, days, what was said, quotes and items."""
    rng = np.random.default_rng(seed)
    method = str(rng.choice(v.METHODS))
    form = METHOD_FORMS[method]
    n = int(rng.integers(form.usual_people[0], min(form.usual_people[1], 400) + 1))
    first = TODAY - timedelta(days=int(rng.integers(60, 700)))
    women = int(rng.integers(0, n + 1))
    items = tuple(_item(rng, n) for _ in range(rng.integers(0, 4))) if ITEMS in form.takes else ()
    return good(
        method, n=n, n_invited=n + int(rng.integers(0, 3 * n)), n_women=women, n_men=n - women,
        youngest=int(rng.integers(16, 40)), oldest=int(rng.integers(40, 100)), first_day=first,
        last_day=first + timedelta(days=int(rng.integers(0, 60))), user_group=str(rng.choice(v.USER_GROUPS[1:2])),
        reached=str(rng.choice(v.REACHED)), purpose=str(rng.choice(v.PURPOSES)),
        said=tuple(_said(rng, form.scored_by, n) for _ in range(rng.integers(1, 6))), items=items,
        quotes=tuple(Quote(f"Ord nummer {i}.", True, may_show=str(rng.choice(v.QUOTE_USES)))
                     for i in range(rng.integers(0, 3))),
    )  # fmt: skip


def _subject(rng: np.random.Generator) -> dict[str, str]:
    if rng.random() < 0.5:
        return {"service_id": str(rng.choice(list(KNOWN.services)))}
    return {"service_type": str(rng.choice(KNOWN.service_types)), "area": str(rng.choice(KNOWN.areas))}


def _said(rng: np.random.Generator, scored_by: tuple[str, ...], n: int) -> Said:
    graded: dict[str, Any] = {"criticality": str(rng.choice(v.CRITICALITIES))}
    if SCORE in scored_by:
        graded = {"score": round(float(rng.uniform(11, 100)), 1), "spread": round(float(rng.uniform(0, 50)), 1)}
    dimension = str(rng.choice(["", *v.DIMENSIONS]))
    return Said(**_subject(rng), dimension=dimension, n=int(rng.integers(1, n + 1)), **graded)


def _item(rng: np.random.Generator, n: int) -> ItemMean:
    item = INSTRUMENTS["gs_peq"].items[rng.integers(10)]
    mean = round(float(rng.uniform(11, 100)), 2)
    return ItemMean("gs_peq", item.item, n, mean, int(rng.integers(0, 5)), 20.0, None, "", item.dimension, **_subject(rng))
