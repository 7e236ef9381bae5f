"""One look for every chart, and numbers and months in the reader's language."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt

    AnyChart = alt.LayerChart | alt.Chart

INK, BLUE, SLATE, PALE, GRID = "#1A1A1A", "#1F4E8C", "#6B7686", "#B9CBE3", "#E3E7EC"
FONT = '"Source Sans", "Source Sans 3", "Source Sans Pro", sans-serif'


def themed(chart: AnyChart, language: str, *, room_right: int = 4) -> AnyChart:
    """The chart with the house's fonts, colours and the language's number and date words.

    room_right: pixels kept free for words that stand right of the last mark.
    """
    text: dict[str, Any] = {"labelColor": INK, "titleColor": INK, "labelFontSize": 13, "titleFontSize": 13}
    quiet: dict[str, Any] = {"gridColor": GRID, "domainColor": GRID, "tickColor": GRID, "titleFontWeight": "normal"}
    styled: AnyChart = chart.configure(
        font=FONT,
        background="#FFFFFF",
        locale=vega_locale(language),
        view={"stroke": None},
        axis={**text, **quiet},
        text={"color": INK, "fontSize": 13},
    )
    # On the chart itself: Streamlit writes a padding of its own there, which wins over the one of the configuration.
    padded: AnyChart = styled.properties(padding={"left": 4, "top": 4, "bottom": 4, "right": room_right})
    return padded


@lru_cache(maxsize=8)
def vega_locale(language: str) -> dict[str, Any]:
    """The `config.locale` of Vega for nb, nn or en: decimal mark, thousands, months and weekdays (CLDR, by Babel)."""
    from babel import Locale
    from babel.numbers import get_decimal_symbol, get_group_symbol

    where = Locale.parse({"nb": "nb_NO", "nn": "nn_NO"}.get(language, "en_GB"))
    months, days = where.months["format"], where.days["format"]
    sunday_first = (6, 0, 1, 2, 3, 4, 5)
    number = {
        "decimal": get_decimal_symbol(where),
        "thousands": get_group_symbol(where),
        "grouping": [3],
        "currency": ["", "\u00a0kr"],
    }
    time = {
        "dateTime": "%A %e %B %Y %X",
        "date": "%d.%m.%Y",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        "days": [days["wide"][i] for i in sunday_first],
        "shortDays": [days["abbreviated"][i] for i in sunday_first],
        "months": [months["wide"][i] for i in range(1, 13)],
        "shortMonths": [months["abbreviated"][i] for i in range(1, 13)],
    }
    return {"number": number, "time": time}
