"""One cell as text: what spreadsheets and people leave around a value is taken off, the value stays."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

_AROUND = " \t\r\n\f\v\u00a0\u2007\u202f\u200b\u200c\u200d\u2060\ufeff"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_EXCEL_TEXT = re.compile(r'="(.*)"', re.DOTALL)


def clean(value: Any) -> str:
    """Any cell as tidy text: no spaces around, one way of line ends, composed accents, dates as 2026-09-01.

    Whole numbers lose the ".0" that spreadsheets give them; the errors of spreadsheets (#N/A) are empty.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    text = value if isinstance(value, str) else str(value)
    if text.isascii() and text.isprintable():  # the usual case, and the cheapest
        text = text.strip(" ")
        if not text.startswith(("=", "#")):
            return text
    wrapped = _EXCEL_TEXT.fullmatch(text)
    if wrapped:  # ="00123": how some programs keep Excel from taking a text for a number
        text = wrapped[1].replace('""', '"')
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip(_AROUND)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return "" if text in {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"} else text
