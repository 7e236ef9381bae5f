"""How well short texts are read: on held-out statements, at a new authority, and for fear of complaining."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from risiko.narratives import TextReader, starter, tells_of_fear
from risiko.narratives.labels import CRITICAL
from risiko.synthetic import sentences
from risiko.vocabulary import DIMENSIONS

NONE = "none"


def out_of_fold(labelled: pd.DataFrame, folds: int = 5, seed: int = 0) -> pd.DataFrame:
    """Every comment read by a reader that saw no paraphrase or translation of it."""
    split = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    critical = labelled["criticality"] <= CRITICAL
    parts = [
        TextReader.fit(labelled.iloc[seen]).read(labelled["text"].iloc[held])
        for seen, held in split.split(labelled, critical, labelled["statement"])
    ]
    return pd.concat(parts).reindex(labelled.index)


def new_authority() -> pd.DataFrame:
    """Every sentence of the demo authority, which the reader was not made from: text, dimension, critical."""
    rng = np.random.default_rng(1)
    n = 20_000
    method, dimension = rng.integers(0, len(sentences.METHODS), n), rng.integers(0, len(DIMENSIONS), n)
    poor = rng.integers(0, 2, n)
    said = sentences.write(rng, method, dimension, np.where(poor == 1, 60.0, -60.0))
    frame = pd.DataFrame({"text": said, "dimension": np.array(DIMENSIONS)[dimension], "critical": poor == 1})
    return frame.drop_duplicates("text", ignore_index=True)


def scores(read: pd.DataFrame, dimension: pd.Series, critical: pd.Series) -> dict[str, float]:
    """Accuracy, macro-F1, AUC and average precision; the share the reader would not answer stands beside them."""
    readable = read["critical_probability"].notna()
    probability, truth = read.loc[readable, "critical_probability"], critical[readable]
    answered = ~read["abstained"]
    named = read["dimension"].notna()
    kinds = sorted(set(dimension.dropna()))
    return {
        "comments": len(read),
        "unreadable": 1 - readable.mean(),
        "abstained (with unreadable)": read["abstained"].mean(),
        "critical: prevalence": critical.mean(),
        "critical: AUC": roc_auc_score(truth, probability),
        "critical: average precision": average_precision_score(truth, probability),
        "critical: accuracy where answered": ((read["critical_probability"] > 0.5) == critical)[answered].mean(),
        "critical: macro-F1 where answered": f1_score(
            critical[answered], read.loc[answered, "critical_probability"] > 0.5, average="macro"
        ),
        "dimension: share named": named.mean(),
        "dimension: accuracy where named": (read["dimension"] == dimension)[named].mean(),
        "dimension: macro-F1 (not named = none)": f1_score(
            dimension.fillna(NONE), read["dimension"].fillna(NONE), labels=kinds, average="macro"
        ),
    }


def fear(texts: pd.Series, truth: pd.Series) -> dict[str, float]:
    """Precision and recall of the phrases."""
    said = tells_of_fear(texts)
    return {"texts": len(texts), "with fear": truth.sum(), "fear: precision": truth[said].mean(),
            "fear: recall": said[truth].mean()}  # fmt: skip


def main() -> None:
    """Print the table; give the file X01 as argument to include it."""
    labelled = starter()
    began = time.process_time()
    reader = TextReader.fit(labelled)
    fitted = time.process_time() - began
    many = labelled["text"].sample(5000, replace=True, random_state=0).reset_index(drop=True)
    many = many + " " + many.sample(frac=1, random_state=1).to_numpy() + [f" {i}" for i in range(5000)]
    began = time.process_time()
    reader.read(many)
    reading = time.process_time() - began
    print(f"fit {len(labelled)} comments {fitted:.2f} s, read 5,000 comments {reading:.2f} s (processor)\n")

    held, authority = out_of_fold(labelled), new_authority()
    critical = (labelled["criticality"] <= CRITICAL).astype(bool)
    table = {"starter, held out": scores(held, labelled["dimension"], critical)}
    for language in ("nb", "nn", "en"):
        here = labelled["language"] == language
        table[language] = scores(held[here], labelled.loc[here, "dimension"], critical[here])
    table["demo sentences"] = scores(reader.read(authority["text"]), authority["dimension"], authority["critical"])
    print(pd.DataFrame(table).round(3).to_string(), "\n")

    phrases = pd.read_csv(Path(__file__).with_name("fear_phrases.csv"))
    told = {"held-out phrases": fear(phrases["text"], phrases["fear"] == 1)}
    first = pd.read_csv(Path(__file__).with_name("fear_phrases_first.csv"))
    told["first list (mended after)"] = fear(first["text"], first["fear"] == 1)
    if len(sys.argv) > 1:
        items = pd.DataFrame(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["items"])
        told["X01"] = fear(items["text"], items["theme"] == "klagefrykt")
        clear = items[items["polarity"].isin(["pos", "neg"])]
        read = reader.read(clear["text"])
        right = (read["critical_probability"] > 0.5) == (clear["polarity"] == "neg")
        answered = ~read["abstained"]
        print(f"X01 polarity: {right[answered].sum()} right of {answered.sum()} answered, of {len(clear)}\n")
    print(pd.DataFrame(told).round(3).to_string())


if __name__ == "__main__":
    main()
