"""Names beside points that keep apart: on the side that the page chose, or another, or not at all."""

from collections.abc import Sequence

from pmlib.reports.exports.deck.fits import LINE, measure

Place = tuple[float, float]
SIDES = {"r": (1.0, 0.0), "l": (-1.0, 0.0), "t": (0.0, -1.0), "b": (0.0, 1.0)}  # across, down
AWAY = 0.09  # inches between a point's middle and its name


def sides(
    names: Sequence[str],
    asked: Sequence[str],
    places: Sequence[Place],
    radii: Sequence[float],
    size: float,
    room: Place,
) -> list[str]:
    """Choose for each name a side of its point, "" where it would cover another.

    names : in the order of their points, empty ones are none. asked : the side each has on the page.
    places, radii : of the points, in inches from the plot's top left. room : width and height of the plot.
    """
    taken, found = list[tuple[float, float, float, float]](), [""] * len(names)
    for at, name in enumerate(names):
        if not name:
            continue
        wide, tall = measure(name, size, bold=True), size * LINE / 72
        for side in dict.fromkeys([asked[at], *SIDES]):
            box = _box(places[at], radii[at] + AWAY, side, wide, tall)
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= room[0] + 0.3 and box[3] <= room[1]
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                found[at] = side
                break
    return found


def _box(place: Place, away: float, side: str, wide: float, tall: float) -> tuple[float, float, float, float]:
    right, down = SIDES[side]
    x = place[0] + right * (away + wide / 2)
    y = place[1] + down * (away + tall / 2)
    return x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
