"""Reading short texts: languages, labels with their faults listed, grounds that add up, and an honest 'cannot say'."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from risiko.errors import InputError
from risiko.narratives import TextReader, check_labels, language_of, read_labels, starter, tells_of_fear
from risiko.narratives.reader import COLUMNS
from risiko.narratives.tone import tones
from risiko.vocabulary import DIMENSIONS


@pytest.fixture(scope="module")
def reader() -> TextReader:
    return TextReader.fit(starter())


def one(text: str | None, reader: TextReader) -> pd.Series:
    return reader.read(pd.Series([text], dtype="str")).iloc[0]


@pytest.mark.parametrize(("text", "language"), [
    ("Jeg fikk ikke svar fra kommunen.", "nb"),
    ("Eg fekk ikkje svar frå kommunen.", "nn"),
    ("I did not get an answer from them.", "en"),
    ("BRA!!!", "nb"),
    ("Opieka była bardzo dobra, ale nie wiem do kogo dzwonić.", "unknown"),
    ("Jag är inte nöjd med vården.", "unknown"),
    ("Die Pflege war nicht gut, und niemand kam.", "unknown"),
    ("كانت الرعاية جيدة جدا", "unknown"),
    ("Это было плохо, никто не пришёл", "unknown"),
    ("Waxaan u baahanahay caawimaad", "unknown"),
    ("12345 ...", "unknown"),
    ("x", "unknown"),
    ("", "unknown"),
])  # fmt: skip
def test_languages(text: str, language: str) -> None:
    assert language_of(pd.Series([text], dtype="str")).item() == language


def test_languages_of_the_starter_set() -> None:
    labelled = starter()
    told = language_of(labelled["text"])
    norwegian = labelled["language"] != "en"
    assert (told[~norwegian] == "en").mean() > 0.95
    assert told[norwegian].isin(["nb", "nn"]).mean() > 0.95


@pytest.mark.parametrize(("text", "tone"), [
    ("Maten var god.", ["good"]),
    ("Maten er ikke god.", ["bad"]),
    ("Ikkje noko å klage på.", ["good"]),
    ("Nobody listened.", ["bad"]),
    ("They didn't listen. Good food.", ["bad", "good"]),
    ("Det er tirsdag.", []),
])  # fmt: skip
def test_praise_and_blame_are_turned_round_by_a_negation(text: str, tone: list[str]) -> None:
    assert tones(text) == tone


@pytest.mark.parametrize(("text", "fear"), [
    ("Ingen av oss tør å si ifra.", True),
    ("Eg torer ikkje seie frå.", True),
    ("I am afraid to complain.", True),
    ("Hun klaget ikke av frykt for represalier.", True),
    ("De som klager, blir straffet.", True),
    ("Jeg er ikke redd for å klage.", False),
    ("Eg er ikkje lenger redd for å seie frå.", False),
    ("Nobody is afraid to speak up here.", False),
    ("Her kan man klage uten frykt.", False),
    ("Vi tør å si ifra.", False),
    ("Han er redd for å falle.", False),
    ("Vi klaget og fikk medhold.", False),
])  # fmt: skip
def test_fear_of_complaining(text: str, fear: bool) -> None:
    assert tells_of_fear(pd.Series([text])).item() is fear


def test_fear_is_found_as_well_as_the_page_says() -> None:
    """The list that the phrases were never mended for; the page says precision .94, recall .75."""
    phrases = pd.read_csv(Path(__file__).parents[2] / "benchmarks/fear_phrases.csv")
    said, truth = tells_of_fear(phrases["text"]), phrases["fear"] == 1
    assert truth[said].mean() > 0.9
    assert said[truth].mean() > 0.7


def test_the_starter_set_covers_every_dimension_tone_and_language() -> None:
    labelled = starter()
    cells = labelled.dropna(subset=["dimension"]).groupby(["dimension", "language"])["criticality"].agg(["min", "max", "size"])
    assert set(labelled["dimension"].dropna()) == set(DIMENSIONS)
    assert len(cells) == 18
    assert (cells["min"] <= -3).all()
    assert (cells["max"] >= 3).all()
    assert (cells["size"] >= 20).all()
    assert labelled["criticality"].abs().le(1).sum() > 50, "mixed and neutral comments belong in it"


def test_the_starter_set_shares_no_sentence_with_the_demo() -> None:
    from risiko.synthetic import sentences

    said = {statement for tones_ in sentences._SAID.values() for tone in tones_ for pair in tone for statement in pair}
    texts = starter()["text"].str.lower()
    inside = [(statement, text) for statement in said for text in texts if statement in text]
    assert inside == []


def test_a_clear_text_is_read_and_an_unclear_one_is_not(reader: TextReader) -> None:
    bad, good = one("De glemte medisinen, og ingen kom da hun ropte.", reader), one("Snille folk og god hjelp.", reader)
    assert bad["critical_probability"] > 0.6
    assert good["critical_probability"] < 0.2
    assert not bad["abstained"]
    assert one("De delte ut feil medisin til feil pasient.", reader)["dimension"] == "safe"
    assert list(bad.index) == list(COLUMNS)


@pytest.mark.parametrize("text", [None, "", "   ", "x", "👍", "Opieka była bardzo zła.", "كانت الرعاية سيئة", "[navn] [telefon]"])
def test_what_cannot_be_read_is_said_to_be_unread(text: str | None, reader: TextReader) -> None:
    found = one(text, reader)
    assert found["language"] == "unknown"
    assert found["abstained"]
    assert pd.isna(found["critical_probability"])
    assert pd.isna(found["dimension"])
    assert not found["fear"]


def test_texts_of_any_length_and_none_at_all(reader: TextReader) -> None:
    began = time.process_time()
    assert not one("Dette er dårlig. " * 6000, reader)["abstained"]
    assert time.process_time() - began < 5
    assert list(reader.read(pd.Series([], dtype="str")).columns) == list(COLUMNS)


def test_index_and_repeats_are_kept(reader: TextReader) -> None:
    found = reader.read(pd.Series(["Elendig.", None, "Elendig."], index=[9, 4, 2], dtype="str"))
    assert list(found.index) == [9, 4, 2]
    assert found.loc[9, "critical_probability"] == found.loc[2, "critical_probability"]


@pytest.mark.parametrize("about", ["critical", "safe", "accessible"])
def test_the_grounds_add_up_to_the_log_odds(about: str, reader: TextReader) -> None:
    text = "Mor ble glemt to ganger, mor gråt, og ingen kom."
    grounds = reader.why(text, about)
    if about == "critical":
        p = one(text, reader)["critical_probability"]
        assert grounds["contribution"].sum() == pytest.approx(np.log(p / (1 - p)))
    else:  # before the dimensions are made to sum to one
        model = reader.dimension.calibrated_classifiers_[0]
        matrix = reader.features.transform(pd.Series([text]))[:, : model.estimator.coef_.shape[1]]
        place = list(reader.dimension.classes_).index(about)
        p = model.calibrators[place].predict(model.estimator.decision_function(matrix)[:, place]).item()
        assert grounds["contribution"].sum() == pytest.approx(np.log(p / (1 - p)))
    assert "glemt" in set(grounds["term"])
    assert grounds["contribution"].abs().is_monotonic_decreasing


def test_a_ground_that_was_not_learned_is_refused(reader: TextReader) -> None:
    with pytest.raises(ValueError, match="not learned"):
        reader.why("Elendig.", "cheap")


def test_the_same_labels_give_the_same_reader(reader: TextReader) -> None:
    texts = starter()["text"].head(40)
    assert TextReader.fit(starter()).read(texts).equals(reader.read(texts))


def table(n: int = 80) -> pd.DataFrame:
    bad = ["elendig", "dårlig", "farlig", "uverdig"]
    good = ["bra", "fint", "trygt", "godt"]
    rows = [(f"Kommentar nummer {i} er {(bad if i % 2 else good)[i % 4]}", -4 if i % 2 else 3, "safe") for i in range(n)]
    return pd.DataFrame(rows, columns=["text", "criticality", "dimension"]).astype("str")


def test_faulty_labels_are_listed_and_the_good_kept() -> None:
    labels = pd.concat([table(), pd.DataFrame({
        "text": ["", "Greitt.", "Heilt greitt.", "Passe.", "Kommentar nummer 0 er bra", "Kommentar nummer 1 er dårlig", "Ok der."],
        "criticality": ["1", "-o", "-9", "1.5", "-4", "-4", "0"],
        "dimension": ["safe", "safe", "SS", "safe", "safe", "safe", ""],
    })], ignore_index=True).astype("str")  # fmt: skip
    found = check_labels(labels)
    assert list(found.faults[["row", "column", "reason"]].itertuples(index=False, name=None)) == [
        (82, "text", "no_text"), (83, "criticality", "bad_criticality"), (84, "criticality", "bad_criticality"),
        (84, "dimension", "unknown_dimension"), (85, "criticality", "bad_criticality"), (86, "text", "contradiction"),
    ]  # fmt: skip
    assert len(found.good) == 81, "80 good rows, the seventh new one, and the repeated one once"
    assert found.good["dimension"].isna().sum() == 1


def test_identifiers_in_labels_are_masked() -> None:
    labels = pd.concat([table(), pd.DataFrame({"text": ["Ring 22334455 til meg", "Dr. Hansen sa nei"], "criticality": ["-3", "x"], "dimension": ["", ""]})])
    found = check_labels(labels.astype("str"))
    assert found.good["text"].iloc[-1] == "Ring [telefon] til meg"


@pytest.mark.parametrize(("labels", "told"), [
    (table(20), "Too few labelled comments"),
    (table().assign(criticality="3"), "0 of them critical"),
    (table().drop(columns="text"), "lacks the column text"),
])  # fmt: skip
def test_labels_that_cannot_teach_are_refused(labels: pd.DataFrame, told: str) -> None:
    with pytest.raises(InputError, match=told):
        check_labels(labels)


@pytest.mark.parametrize("name", ["labels.csv", "labels.xlsx"])
def test_labels_from_a_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    table().to_csv(path, index=False, sep=";") if name.endswith("csv") else table().to_excel(path, index=False)
    labelled = read_labels(path).good
    assert len(labelled) == 80
    found = TextReader.fit(labelled).read(pd.Series(["Det er uverdig", "Det er trygt"]))
    assert found["critical_probability"][0] > 0.5 > found["critical_probability"][1]
    assert found["dimension"].isna().all(), "labels of one dimension only cannot teach to tell dimensions apart"


def test_a_file_that_is_no_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_labels(tmp_path / "none.csv")
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"not a workbook")
    with pytest.raises(InputError, match="cannot be read"):
        read_labels(broken)
