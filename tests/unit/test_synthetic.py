"""The rooms of the synthetic authority: days, sharing out, names, lives, versions, counts."""

from __future__ import annotations

import time
from datetime import date

import numpy as np
import pandas as pd
import pytest

from risiko import settings, synthetic
from risiko.contracts import CONTRACTS, metadata_names
from risiko.synthetic import allocation, latent, parameters, places, sentences, services, visits, words
from risiko.synthetic.span import Span, day_number, to_dates
from risiko.vocabulary import DIMENSIONS

# Norway's municipalities, and some that were merged away: no invented name may be one of them.
_REAL = """
Oslo Eigersund Stavanger Haugesund Sandnes Sokndal Lund Bjerkreim Hå Klepp Time Gjesdal Sola Randaberg Strand Hjelmeland
Suldal Sauda Kvitsøy Bokn Tysvær Karmøy Utsira Vindafjord Kristiansund Molde Ålesund Vanylven Sande Herøy Ulstein Hareid
Ørsta Stranda Sykkylven Sula Giske Vestnes Rauma Aukra Averøy Gjemnes Tingvoll Sunndal Surnadal Smøla Aure Volda Fjord
Hustadvika Haram Bodø Narvik Bindal Sømna Brønnøy Vega Vevelstad Alstahaug Leirfjord Vefsn Grane Hattfjelldal Dønna Nesna
Hemnes Rana Lurøy Træna Rødøy Meløy Gildeskål Beiarn Saltdal Fauske Sørfold Steigen Lødingen Evenes Røst Værøy Flakstad
Vestvågøy Vågan Hadsel Bø Øksnes Sortland Andøy Moskenes Hamarøy Halden Moss Sarpsborg Fredrikstad Hvaler Råde Våler
Skiptvet Rakkestad Marker Aremark Bærum Asker Lillestrøm Ås Vestby Frogn Nesodden Lørenskog Rælingen Enebakk Nittedal
Gjerdrum Ullensaker Nes Eidsvoll Nannestad Hurdal Lunner Jevnaker Drammen Kongsberg Ringerike Hole Flå Nesbyen Gol Hemsedal
Ål Hol Sigdal Krødsherad Modum Lier Flesberg Rollag Kongsvinger Hamar Lillehammer Gjøvik Ringsaker Løten Stange Eidskog
Grue Åsnes Elverum Trysil Stor-Elvdal Rendalen Engerdal Tolga Tynset Alvdal Folldal Os Dovre Lesja Skjåk Lom Vågå Øyer
Gausdal Søndre-Land Gran Nordre-Land Etnedal Vang Horten Holmestrand Tønsberg Sandefjord Larvik Færder Porsgrunn Skien
Notodden Siljan Bamble Kragerø Drangedal Nome Midt-Telemark Seljord Hjartdal Tinn Kviteseid Nissedal Fyresdal Tokke Vinje
Risør Grimstad Arendal Kristiansand Lindesnes Farsund Flekkefjord Gjerstad Vegårshei Tvedestrand Froland Lillesand Birkenes
Åmli Iveland Bygland Valle Bykle Vennesla Åseral Lyngdal Hægebostad Kvinesdal Sirdal Bergen Kinn Etne Sveio Bømlo Stord
Fitjar Tysnes Kvinnherad Ullensvang Eidfjord Ulvik Voss Kvam Samnanger Austevoll Askøy Vaksdal Modalen Osterøy Alver
Austrheim Fedje Masfjorden Gulen Solund Hyllestad Høyanger Vik Sogndal Aurland Lærdal Årdal Luster Askvoll Fjaler Sunnfjord
Bremanger Stad Gloppen Stryn Trondheim Steinkjer Namsos Frøya Osen Oppdal Rennebu Røros Holtålen Melhus Skaun Malvik Selbu
Tydal Meråker Stjørdal Frosta Levanger Verdal Snåsa Lierne Røyrvik Namsskogan Grong Høylandet Overhalla Flatanger Leka
Inderøy Hitra Ørland Åfjord Orkland Nærøysund Rindal Heim Tromsø Harstad Kvæfjord Tjeldsund Ibestad Gratangen Lavangen
Bardu Salangen Målselv Sørreisa Dyrøy Senja Balsfjord Karlsøy Lyngen Storfjord Kåfjord Skjervøy Nordreisa Kvænangen Alta
Hammerfest Sør-Varanger Vadsø Karasjok Kautokeino Loppa Hasvik Måsøy Nordkapp Porsanger Lebesby Gamvik Tana Berlevåg
Båtsfjord Vardø Nesseby Eid Flora Førde Selje Vågsøy Rissa Bjugn Roan Snillfjord Hemne Agdenes Orkdal Meldal Klæbu Skedsmo
Sørum Fet Ski Oppegård Røyken Hurum Svelvik Sande Re Hof Tjøme Nøtterøy Stokke Andebu Sauherad Songdalen Søgne Mandal Marnardal
Audnedal Jondal Odda Granvin Fusa Sund Fjell Øygarden Radøy Lindås Meland Balestrand Leikanger Naustdal Jølster Gaular Hornindal
Nesset Midsund Fræna Eide Halsa Skodje Ørskog Norddal Sandøy Tranøy Torsken Berg Lenvik Kvalsund Ballangen Tysfjord Rennesøy
Finnøy Forsand Spydeberg Askim Eidsberg Trøgstad Hobøl Rygge Rømskog Leksvik Mosvik Verran Vikna Nærøy Fosnes Namdalseid
"""
REAL = set(_REAL.split())


def span(end: date = date(2026, 6, 30), years: int = 10) -> Span:
    return Span.ending(end, years)


def test_a_span_of_ten_years_ends_on_its_last_day_and_touches_eleven_calendar_years() -> None:
    ten = span()
    assert (ten.first, ten.last) == (day_number(date(2016, 7, 1)), day_number(date(2026, 6, 30)))
    assert list(ten.years) == list(range(2016, 2027))


def test_a_span_may_end_on_a_leap_day() -> None:
    assert span(date(2024, 2, 29), 1).first == day_number(date(2023, 3, 1))


def test_exposure_counts_only_the_days_in_operation() -> None:
    two = span(date(2025, 12, 31), 2)
    opened = np.array([day_number(date(1990, 1, 1)), day_number(date(2025, 7, 2)), day_number(date(1990, 1, 1))])
    closed = np.array([services.NEVER, services.NEVER, day_number(date(2023, 5, 1))])
    assert np.allclose(two.exposure(opened, closed) * 365.25, [[366, 365], [0, 183], [0, 0]])


def test_days_become_dates() -> None:
    assert list(to_dates(np.array([0, 19_000]))) == [pd.Timestamp(1970, 1, 1), pd.Timestamp(2022, 1, 8)]


def test_things_are_shared_out_by_largest_remainder() -> None:
    assert list(allocation.shared_out(10, np.array([5.0, 3.0, 2.6]))) == [5, 3, 2]
    assert allocation.shared_out(7, np.ones(3)).sum() == 7


def test_every_type_of_the_settings_has_services_in_the_countrys_proportions() -> None:
    counts = allocation.counts_by_type(4000)
    assert set(counts) == set(settings.load().service_types)
    assert sum(counts.values()) == 4000
    assert counts["general_practice"] > counts["nursing_home"] > counts["child_institution"] > counts["hospital"] > 50


def test_too_few_services_for_all_types_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 12"):
        synthetic.build(n_services=11)


def test_an_unknown_world_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"'flat'.*plain, heavy, reporting"):
        synthetic.build(world="flat", n_services=12, years=1)


@pytest.mark.parametrize("years", [1, 3])
@pytest.mark.parametrize("end", [date(2024, 2, 29), date(2025, 12, 31), date(2026, 1, 1)])
def test_the_smallest_world_can_be_built_for_any_end(end: date, years: int) -> None:
    tables = synthetic.build(n_services=12, years=years, end=end).tables
    handed_in = {"submissions", "quotes", "item_means"}  # by people; the worked example of six organisations has some
    assert set(tables) == set(CONTRACTS) - handed_in
    assert max(f["known_date"].max() for f in tables.values() if "known_date" in f) <= pd.Timestamp(end)


def test_municipalities_are_as_many_and_as_large_as_the_countys_but_bear_other_names() -> None:
    towns, real = places.municipalities(np.random.default_rng(1)), places.counties()
    assert list(towns.groupby("county_code").size()) == list(real["municipalities"])
    sizes = towns.groupby("county_code")["population"]
    assert np.allclose(sizes.sum(), real["population"], rtol=0.001)
    assert np.allclose(sizes.median(), real["median"], rtol=0.15)
    assert towns["population"].median() == pytest.approx(5413, rel=0.1)
    assert towns["municipality"].is_unique


def test_no_name_in_the_stock_is_a_real_municipality_or_county() -> None:
    stock = {stem + ending for stem in words.STEMS for ending in words.MUNICIPALITY_ENDINGS}
    assert len(REAL) > 400
    assert not {name.casefold() for name in stock} & {name.casefold() for name in REAL}
    assert not stock & set(places.counties()["county"])
    assert len(stock) == len(words.STEMS) * len(words.MUNICIPALITY_ENDINGS) > 357


def test_fifteen_counties_and_ten_offices() -> None:
    real = places.counties()
    assert (len(real), real["office"].nunique()) == (15, 10)
    assert set(real.loc[real["office"] == "Troms og Finnmark", "county"]) == {"Troms", "Finnmark"}
    assert real["municipalities"].sum() == 357


def test_place_names_are_different_even_when_the_stock_is_used_up() -> None:
    names = words.place_names(np.random.default_rng(1), 2500)
    assert len(set(names)) == 2500


def test_each_mergers_two_close_the_day_before_the_third_opens_with_their_users() -> None:
    who = services.make(np.random.default_rng(5), 1500, span())
    table, mergers = who.table, who.mergers
    assert len(mergers) == 9
    for role in ("first", "second"):
        assert list(table["closed"].to_numpy()[mergers[role]]) == list(mergers["day"] - 1)
    assert list(table["opened"].to_numpy()[mergers["successor"]]) == list(mergers["day"])
    same = table["town"].to_numpy()
    assert (same[mergers["first"]] == same[mergers["successor"]]).all()
    assert (who.users[mergers["successor"]] == who.users[mergers["first"]] + who.users[mergers["second"]]).all()


def test_every_municipality_is_served_by_exactly_one_child_welfare_service_and_some_services_by_several() -> None:
    who = services.make(np.random.default_rng(5), 4000, span())
    rows = who.areas[who.table["service_type"].to_numpy()[who.areas["service"]] == "child_welfare_service"]
    in_small = rows[who.towns["population"].to_numpy()[rows["town"]] < 20_000]
    assert rows["town"].nunique() == 357
    assert (in_small.groupby("town").size() == 1).mean() > 0.95
    assert (rows.groupby("service").size() > 1).sum() == pytest.approx(66, abs=25)  # 66 inter-municipal in 2023
    assert np.allclose(who.areas.groupby("service")["share"].sum(), 1, atol=0.01)


def test_only_general_practitioners_are_natural_persons() -> None:
    table = services.make(np.random.default_rng(5), 1500, span()).table
    assert set(table.loc[table["natural_person"], "service_type"]) == {"general_practice"}
    share = table.loc[table["service_type"] == "general_practice", "natural_person"].mean()
    assert share == pytest.approx(parameters.NATURAL_PERSON_SHARE, abs=0.07)


def test_a_draw_takes_the_same_share_in_each_office_and_knows_its_probability() -> None:
    office = np.repeat([0, 1], [100, 50])
    able = np.ones(150, dtype=bool)
    able[:20] = False
    chosen, probability = visits._draw(np.random.default_rng(1), office, able, 0.1)
    assert [chosen[office == 0].sum(), chosen[office == 1].sum()] == [8, 5]
    assert not chosen[:20].any()
    assert np.allclose(probability[[0, 149]], [0.1, 0.1])


def test_the_highest_keys_of_each_office_are_taken() -> None:
    key, office = np.array([1.0, 9.0, 5.0, 2.0, 3.0, 9.0]), np.array([0, 0, 0, 1, 1, 1])
    able = np.array([True, False, True, True, True, True])
    assert list(visits._top(key, office, able, 0.5)) == [False, False, True, False, True, True]


def test_a_sentence_is_poor_where_the_service_is_and_comes_in_both_languages() -> None:
    n = 4000
    method, dimension = np.zeros(n, dtype=int), np.full(n, DIMENSIONS.index("accessible"))
    poor, good = (set(sentences.write(np.random.default_rng(1), method, dimension, np.full(n, b))) for b in (9.0, -9.0))
    assert "Flere i gruppen fortalte at telefonen ble sjelden tatt." in poor
    assert "Fleire i gruppa fortalde at telefonen vart sjeldan teken." in poor
    assert not poor & good


def test_effects_shift_in_the_heavy_world_only_and_silence_in_the_reporting_world_only() -> None:
    plain, heavy, reporting = (latent.effects(world, 11) for world in synthetic.WORLDS)
    assert (np.ptp(plain.complaint_factor), np.ptp(reporting.complaint_factor)) == (0, 0)
    assert heavy.complaint_factor[0] > 1 > heavy.complaint_factor[-1]
    assert (plain.silencing, heavy.silencing) == (0, 0)
    assert reporting.silencing > 0


def test_a_closing_is_in_no_version_before_it_was_known_and_in_every_one_after() -> None:
    rows = synthetic.build(n_services=600, seed=2).tables["services"].sort_values(["service_id", "known_date"])
    told = rows["valid_to"].notna().astype(int).groupby(rows["service_id"])
    assert (told.diff().dropna() >= 0).all()
    assert 0 < told.max().mean() < 0.3
    assert (rows.groupby("service_id").size() > 1).mean() > 0.7


def test_every_extra_column_of_services_is_declared() -> None:
    tables = synthetic.build(n_services=60, years=2).tables
    declared = tables["metadata_columns"].set_index("name")
    assert metadata_names(tables["services"]) == list(declared.index)
    assert list(declared.index[declared["audit_only"]]) == ["centrality"]
    assert dict(declared["direction"])["staff_turnover"] == "higher_is_worse"


def test_ten_years_of_four_thousand_services_are_built_in_seconds() -> None:
    began = time.perf_counter()
    built = synthetic.build(end=date(2026, 6, 30), seed=7)
    assert time.perf_counter() - began < 20
    assert built.tables["services"]["service_id"].nunique() == 4000
    assert built.truth.duplicated(["service_id", "year"]).sum() == 0
    assert built.truth["year"].agg(["min", "max"]).tolist() == [2016, 2026]


def test_the_same_seed_gives_the_same_frames_and_another_seed_others() -> None:
    first, again, other = (synthetic.build(n_services=200, years=4, seed=s) for s in (3, 3, 4))
    pd.testing.assert_frame_equal(first.truth, again.truth)
    for name, rows in first.tables.items():
        pd.testing.assert_frame_equal(rows, again.tables[name])
        if name != "metadata_columns":
            assert not rows.reset_index(drop=True).equals(other.tables[name].reset_index(drop=True)), name


def test_the_three_worlds_share_their_services() -> None:
    built = [synthetic.build(world=name, n_services=200, years=4).tables["services"] for name in synthetic.WORLDS]
    names = [rows.drop_duplicates("service_id").set_index("service_id")["name"] for rows in built]
    assert names[0].equals(names[1])
    assert names[0].equals(names[2])
