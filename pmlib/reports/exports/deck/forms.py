"""Number formats in which a spreadsheet writes what the page writes: true minus, %, points, M and bn."""

from pmlib.table import MINUS

LARGE = ((1e9, ',,,"bn"'), (1e6, ',,"M"'))


def signed(form: str, *, plus: bool = False) -> str:
    """Give a format its forms below and at zero."""
    return f"{'+' if plus else ''}{form};{MINUS}{form};{form}"


def bar(unit: str, digits: int, *, plus: bool = False) -> str:
    """Format the value at the end of a bar, which is at the scale in which it is written."""
    percent = '"%"' if unit == "%" else ""
    if plus:
        places = _places(digits) + percent
        return f'"▲ "+{places};"▼ "{MINUS}{places};{places}'
    return signed(_places(digits) + percent)


def axis(unit: str, low: float, high: float, step: float) -> str:
    """Format the numbers along an axis, which are multiples of a step."""
    size, letter = next((large for large in LARGE if max(abs(low), abs(high)) >= large[0]), (1.0, ""))
    places = len(f"{step / size:.6f}".rstrip("0").partition(".")[2])
    form = _places(places) + (letter or ('"%"' if unit == "%" else ""))
    return f"{form};{MINUS}{form};0" if letter else signed(form)


def _places(digits: int) -> str:
    return f"#,##0.{'0' * digits}" if digits > 0 else "#,##0"
