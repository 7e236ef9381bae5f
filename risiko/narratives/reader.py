"""A reader of short texts that shows its grounds: dimension and how critical, with an honest 'cannot say'."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from risiko.narratives.fear import tells_of_fear
from risiko.narratives.labels import CRITICAL
from risiko.narratives.language import UNKNOWN, language_of
from risiko.narratives.tone import toned_words, tones

COLUMNS = ("language", "dimension", "dimension_probability", "critical_probability", "abstained", "fear")
LONGEST = 20_000  # what is longer is no comment; the rest is not read
ABSTAIN = (0.4, 0.6)  # between these the reader does not say whether a text is critical
SURE_DIMENSION = 0.4
NO_DIMENSION = "none"
FEWEST_STATEMENTS = 5  # a dimension with fewer labelled statements is not learned
FOLDS = 5
TONE_WEIGHT = 0.5
N_TONES = 2  # the last columns: they tell how something is said, not what it is about


@dataclass(frozen=True)
class TextReader:
    """A fitted reader. `TextReader.fit(labelled)` makes one; frames in, frames out, nothing is stored."""

    features: Any  # sklearn FeatureUnion: word and character TF-IDF, and tone
    critical: Any  # sklearn CalibratedClassifierCV over a linear model
    dimension: Any  # the same; None where the labels name fewer than two kinds
    n_labelled: int

    @classmethod
    def fit(cls, labelled: pd.DataFrame, seed: int = 0) -> TextReader:
        """Learn from labelled comments in the form of labels.Labelled.good.

        Word (1–2) and within-word character (2–5) TF-IDF, logistic regression with balanced classes, sigmoid
        calibration on held-out folds in which all rows of one statement stay together (METHODS 9).
        """
        features = _features()
        matrix = features.fit_transform(_plain(labelled["text"]))
        critical = np.where(labelled["criticality"].to_numpy() <= CRITICAL, "critical", "other")
        named = labelled["dimension"].fillna(NO_DIMENSION).astype(str)
        statements = labelled["statement"].groupby(named).transform("nunique")
        dimension = named.where(statements >= FEWEST_STATEMENTS, NO_DIMENSION).to_numpy(dtype=object)
        groups = pd.factorize(labelled["statement"])[0]
        return cls(
            features,
            _calibrated(matrix, critical.astype(str), groups, seed),
            _calibrated(matrix[:, :-N_TONES], dimension.astype(str), groups, seed) if len(set(dimension)) > 1 else None,
            len(labelled),
        )

    def read(self, texts: pd.Series) -> pd.DataFrame:
        """What each text is about, same index: the columns of COLUMNS.

        language: nb, nn, en or unknown. dimension: missing where the reader is not sure, or sees none.
        critical_probability: missing where the text cannot be read (empty, or in no language the reader knows).
        abstained: True where it cannot be read, or the probability lies between 0.4 and 0.6; count no such text.
        fear: the text says in so many words that complaining is feared (False where nothing was said).
        """
        codes, distinct = pd.factorize(texts, use_na_sentinel=True)
        done = self._read_distinct(pd.Series(distinct, dtype="str").reset_index(drop=True))
        found = done.reindex(codes).set_axis(texts.index)
        blank = found["language"].isna()
        found["language"] = found["language"].fillna(UNKNOWN)
        return found.assign(
            abstained=found["abstained"].astype("boolean").mask(blank, True).astype(bool),
            fear=found["fear"].astype("boolean").mask(blank, False).astype(bool),
        )

    def _read_distinct(self, texts: pd.Series) -> pd.DataFrame:
        plain = _plain(texts)
        language = language_of(plain)
        out = pd.DataFrame({
            "language": language, "dimension": pd.Series(index=plain.index, dtype="str"),
            "dimension_probability": np.nan, "critical_probability": np.nan, "abstained": True,
            "fear": tells_of_fear(plain),
        })  # fmt: skip
        readable = language != UNKNOWN
        if not readable.any():
            return out
        matrix = self.features.transform(plain[readable])
        critical = self.critical.predict_proba(matrix)[:, list(self.critical.classes_).index("critical")]
        if self.dimension is not None:
            by_dimension = self.dimension.predict_proba(matrix[:, :-N_TONES])
            surest = by_dimension.max(axis=1)
            best = self.dimension.classes_[by_dimension.argmax(axis=1)]
            names = pd.Series(best, index=plain.index[readable], dtype="str")
            named = (surest >= SURE_DIMENSION) & (names != NO_DIMENSION).to_numpy()
            out.loc[readable, "dimension"] = names.where(named)
            out.loc[readable, "dimension_probability"] = surest
        out.loc[readable, "critical_probability"] = critical
        out.loc[readable, "abstained"] = (critical > ABSTAIN[0]) & (critical < ABSTAIN[1])
        return out

    def why(self, text: str, about: str = "critical") -> pd.DataFrame:
        """What speaks for the text being critical (or about a dimension): term, contribution; largest first.

        Contributions are log-odds and add up, with the row "(start)", to the calibrated log-odds (for a dimension:
        before the dimensions are made to sum to one). A word carries its own part and that of its letter groups; a
        pair of words stands by itself, and so does the tone of a word that praises or blames: "god (bad)" in "ikke
        god". Raises ValueError for a target that was not learned.
        """
        model = self.critical if about == "critical" else self.dimension
        weights, start = _linear(model, about)
        row = self.features.transform(_plain(pd.Series([text])))[:, : len(weights)]
        parts = dict(zip(row.indices, row.data * weights[row.indices], strict=True))
        names = self.features.get_feature_names_out()
        shares = _shared_out({names[i]: value for i, value in parts.items()}, self._pieces(text))
        frame = pd.DataFrame({"term": [*shares, "(start)"], "contribution": [*shares.values(), start]})
        return frame.sort_values("contribution", key=np.abs, ascending=False, ignore_index=True)

    def _pieces(self, text: str) -> dict[str, Counter[str]]:
        """Each word of the text, and each pair of words: the features it gives, and how often."""
        plain = _plain(pd.Series([text])).item()
        (_, word), (_, char), _ = self.features.transformer_list
        by_word, by_char = word.build_analyzer(), char.build_analyzer()
        pieces: dict[str, Counter[str]] = {}
        for token in plain.split():
            seen = [f"word__{t}" for t in by_word(token) if " " not in t] + [f"char__{t}" for t in by_char(token)]
            pieces.setdefault(token, Counter()).update(seen)
        inside = set().union(*pieces.values()) if pieces else set()
        pairs = [term for term in by_word(plain) if " " in term and f"word__{term}" not in inside]
        toned = Counter(toned_words(plain))
        return (
            pieces
            | {pair: Counter({f"word__{pair}": n}) for pair, n in Counter(pairs).items()}
            | {f"{token} ({tone})": Counter({f"tone__{tone}": n}) for (token, tone), n in toned.items()}
        )


def _features() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import FeatureUnion

    word = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    char = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=3)
    # Praise and blame with negation (METHODS 9: word + character + lexicon read Norwegian best). No idf: there are two.
    tone = TfidfVectorizer(analyzer=tones, use_idf=False, sublinear_tf=True)
    return FeatureUnion([("word", word), ("char", char), ("tone", tone)], transformer_weights={"tone": TONE_WEIGHT})


def _plain(texts: pd.Series) -> pd.Series:
    """Cut to what is read; the words that masking put in say nothing about the matter."""
    cut = texts.astype("str").fillna("").str.slice(0, LONGEST)
    return cut.str.replace(r"\[[^\]\s]{1,20}\]", " ", regex=True)


def _calibrated(matrix: Any, target: Any, groups: Any, seed: int) -> Any:
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold

    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed).split(matrix, target, groups)
    model = LogisticRegression(C=10, class_weight="balanced", max_iter=300, tol=1e-3)
    # ensemble=False: one linear model from all rows and one sigmoid over it, so that every term keeps one weight.
    return CalibratedClassifierCV(model, method="sigmoid", cv=list(folds), ensemble=False).fit(matrix, target)


def _linear(model: Any, about: str) -> tuple[Any, float]:
    """Weights and start of the calibrated log-odds. The sigmoid is 1 / (1 + exp(a·f + b)), so log-odds are −a·f − b."""
    classes = [] if model is None else list(model.classes_)
    if about not in classes:
        raise ValueError(f"the reader has not learned {about!r}; it knows {classes}")
    fitted, place = model.calibrated_classifiers_[0], classes.index(about)
    linear = fitted.estimator
    if len(classes) == 2:  # one score and one sigmoid, for the second class
        sign, place, sigmoid = (1.0 if place == 1 else -1.0), 0, fitted.calibrators[0]
    else:
        sign, sigmoid = 1.0, fitted.calibrators[place]
    weights = -sign * sigmoid.a_ * linear.coef_[place]
    return weights, float(-sign * (sigmoid.a_ * linear.intercept_[place] + sigmoid.b_))


def _shared_out(parts: dict[str, float], pieces: dict[str, Counter[str]]) -> dict[str, float]:
    """Each feature's contribution shared over the words it came from, by how often."""
    total: Counter[str] = Counter()
    for seen in pieces.values():
        total.update(seen)
    return {
        term: float(sum(parts.get(name, 0.0) * n / total[name] for name, n in seen.items()))
        for term, seen in pieces.items()
    }
