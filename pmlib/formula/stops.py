"""The values that a slider takes: round numbers, and the default among them."""

from math import ceil, floor, log10

from pmlib.table import scaled

STEPS = 200  # of a slider, roughly
WIDE = 20.0  # times: from there on even steps would crowd all small values at one end
FINE = 3  # significant digits of a stop


def stops(low: float, high: float, value: float, unit: str = "") -> tuple[tuple[float, ...], int, int | None]:
    """Lay out stops between two ends.

    Returns
    -------
    the stops; the place of the default, which stands as it is instead of the round number nearest to it; the
    decimals to write them with.
    """
    times = float(scaled(1.0, unit))
    is_wide = unit != "%" and low > 0 and high / low > WIDE
    found, digits = (_proportions if is_wide else _even)(low * times, high * times)
    values = [float(f"{one / times:.12g}") for one in found] or [value]
    start = min(range(len(values)), key=lambda at: abs(values[at] - value))
    values[start] = value
    return tuple(values), start, digits


def _even(low: float, high: float) -> tuple[list[float], int | None]:
    """Step by 1, 2 or 5 of a power of ten, no finer than three digits tell apart."""
    finest = floor(log10(max(abs(low), abs(high)))) + 1 - FINE
    rough = max((high - low) / STEPS, 10.0**finest)
    power = floor(log10(rough))
    step = next(one for one in (1, 2, 5, 10) if one * 10.0**power >= rough * (1 - 1e-9))
    first, last = (round(end / 10.0**power / step, 9) for end in (low, high))
    return [float(f"{at * step}e{power}") for at in range(ceil(first), floor(last) + 1)], -power - (
        step == 10
    )


def _proportions(low: float, high: float) -> tuple[list[float], int | None]:
    """Step by an even factor, each stop in two digits."""
    tried = (float(f"{low * (high / low) ** (at / STEPS):.1e}") for at in range(STEPS + 1))
    return sorted({one for one in tried if low <= one <= high}), None
