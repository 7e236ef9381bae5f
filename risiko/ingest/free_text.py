"""What people wrote, made fit to be kept: identifiers masked, and no text longer than anyone reads."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from risiko.contracts import Contract
from risiko.ingest import faults
from risiko.ingest.build import Built
from risiko.masking import mask


def without_identifiers(made: Built, contract: Contract) -> Built:
    """The rows with every free-text column of the contract masked.

    A text of more than 20,000 characters is kept up to there, with a warning ("text_cut"); it is masked first, so that
    no identifier is cut in two. An empty or a one-character text is kept as it is: reading it is the reader's matter.
    """
    columns, found = {}, [made.faults]
    for name in (c.name for c in contract.columns if c.free_text):
        masked = mask(made.frame[name])
        long = (masked.str.len() > faults.LONGEST_TEXT).fillna(False).astype(bool)
        lines = faults.at(masked, long, name, "text_cut")
        rows = made.rows.reindex(lines["row"]).to_numpy(dtype="int64")
        columns[name] = masked.str.slice(0, faults.LONGEST_TEXT)
        found.append(lines.assign(row=rows))
    frame: pd.DataFrame = made.frame.assign(**columns)
    return replace(made, frame=frame, faults=faults.together(found))
