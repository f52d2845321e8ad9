"""Parameters that name labels of a table, such as the firm a report is for: proposed, and checked."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from pmlib.reports import fitting
from pmlib.reports.parameters import Parameter
from pmlib.reports.typed import did_you_mean, shown

if TYPE_CHECKING:
    from pmlib.data import Source

SOURCES = "data/sources.toml"
REST = {
    "other",
    "others",
    "all others",
    "sonstige",
    "andere",
    "rest",
    "autres",
    "otros",
    "altri",
    "unknown",
    "其他",
    "none",
    "none of these",
}
Held = Callable[[str], list[str] | None]  # the labels of a role; None where they are not known
MANY = 6  # wrong amounts that are listed
AMOUNTS = ("units", "revenue", "share")
LARGE = (*AMOUNTS, "chosen")  # what makes a label large; the number of rows where there is none


class UnknownRole(ValueError):
    """A table has no column of a role that a notebook needs."""


def proposed(known: Mapping[str, Parameter], source: "Source") -> dict[str, Any]:
    """Choose values of a notebook's parameters for a table: its name, and the largest labels of each role.

    Of several tables that a notebook may do without, it is the one that fits, and the others are none. Where
    a parameter is a choice of roles, such as what shares are shares of, it is one that the table has.

    Raises
    ------
    UnknownRole : a role that the notebook needs has no column; names those that might be it.
    """
    from pmlib.data.roles import ROLES

    chosen = dict[str, Any]()
    left, fits = dict[str, list[str]](), fitting.fitting(known, source)
    for name, parameter in known.items():
        type_, default = parameter.type, parameter.default
        if name in fits:
            chosen[name] = [source.name] if type_.many else source.name
        elif type_.kind == "Source":
            chosen |= {name: ""} if default is not None else {}
        elif type_.kind == "Label" and default is not None:
            role = type_.choices[0]
            if type_.optional and column_of(role, source.frame) not in source.frame:
                chosen[name] = ""
                continue
            labels = left.setdefault(role, largest(source, role))
            count = len(default) if isinstance(default, list) else 1
            taken, left[role] = labels[:count], labels[count:]
            if taken:
                chosen[name] = taken if type_.many else taken[0]
        elif type_.kind == "Literal" and set(type_.choices) <= set(ROLES) and not source.has(default):
            held = [role for role in type_.choices if source.has(role)]
            chosen |= {name: held[0]} if held else {}
    return chosen


def column_of(role: str, roles: Collection[str]) -> str:
    """Say in which column the labels of a role stand: where choices name no firm, each product is its own."""
    alone = role == "firm" and "firm" not in roles and {"product", "chosen"} <= set(roles)
    return "product" if alone else role


def largest(source: "Source", role: str) -> list[str]:
    """List the labels of a role, the largest of the newest period first; what lumps the rest is none."""
    column = column_of(role, source.frame)
    if column not in source.frame:
        words = source.frame.select_dtypes(["object", "str", "category"]).columns
        others = [str(column) for column in words if column not in ("product", "name", "firm")]
        others = [column for column in others if source.frame[column].duplicated().any()]
        might = f"it might be {' or '.join(map(repr, others[:4]))}; " if others else ""
        remedy = f'give the one that is role = "{role}" in data/sources.toml'
        raise UnknownRole(f"{source.name} has no column of role {role!r}; {might}{remedy}")
    frame = source.frame
    if "period" in frame:
        frame = frame[frame["period"] == frame["period"].max()]
    amount = next((amount for amount in LARGE if amount in frame), None)
    groups = frame.groupby(column, observed=True)
    sizes = groups[amount].sum() if amount else groups.size()
    order = sizes.sort_values(ascending=False, kind="stable").index.astype(str).tolist()
    gone = set(source.frame[column].dropna().astype(str).unique()) - set(order)
    return [label for label in order + sorted(gone) if label.casefold() not in REST]


def tables(values: Mapping[str, Any], known: Mapping[str, Parameter]) -> list[str]:
    """List the tables that a notebook's parameters name."""
    named = [values[name] for name in fitting.tables(known)]
    return [name for one in named if one for name in (one if isinstance(one, list) else [one])]


def held(source: "Source") -> Held:
    """Give a function that lists the labels which a table has in the column of a role."""

    @cache
    def labels(role: str) -> list[str] | None:
        column = column_of(role, source.frame)
        return sorted(source.frame[column].dropna().astype(str).unique()) if column in source.frame else []

    return labels


def declared(table: Any) -> Held:
    """Give such a function of what data/sources.toml says of a table, which need not be read for it."""
    columns = table.get("columns") if isinstance(table, dict) else None
    rules = [rule for rule in columns.values() if isinstance(rule, dict)] if isinstance(columns, dict) else []

    def labels(role: str) -> list[str] | None:
        column = column_of(role, {str(rule.get("role")) for rule in rules})
        for rule in rules:
            if rule.get("role") == column:
                said = rule.get("values")
                return [label for label in said if isinstance(label, str)] if isinstance(said, list) else None
        return []

    return labels


def unread(role: str) -> list[str] | None:
    """Say of a table that cannot be read which labels it has."""
    return None


def problems(
    values: Mapping[str, Any], known: Mapping[str, Parameter], sources: Mapping[str, Held]
) -> list[str]:
    """List the parameters that name a label which none of the tables has.

    sources : the tables that are named, each with what it has, or may have, by role.
    """
    found = []
    for name, parameter in known.items():
        if parameter.type.kind != "Label" or values.get(name) is None:
            continue
        role = parameter.type.choices[0]
        held = {table: labels for table, of_role in sources.items() if (labels := of_role(role)) != []}
        if not held or None in held.values():
            continue
        labels = list(dict.fromkeys(label for some in held.values() for label in some or []))
        given = values[name] if parameter.type.many else [values[name]]
        for value in given:
            if value not in labels:
                near = did_you_mean(value, labels)
                found.append(f"parameter {name}: {shown(value)} is no {role} in {' or '.join(held)}{near}")
    return found


def lacks(
    values: Mapping[str, Any], known: Mapping[str, Parameter], sources: Sequence["Source"]
) -> list[str]:
    """List what a notebook needs of its tables that is not there: columns of its roles, amounts in every row.

    A role that a parameter names a label of is the column of one of them at least.
    """
    labelled = {
        parameter.type.choices[0]: None
        for name, parameter in known.items()
        if parameter.type.kind == "Label" and values.get(name) not in (None, [])
    }
    names = " or ".join(source.name for source in sources)
    found = [
        f'{names} has no column of role "{role}"; give it to one in {SOURCES}'
        for role in labelled
        if sources and not any(column_of(role, source.frame) in source.frame for source in sources)
    ]
    for source in sources:
        found += _blank(source, [*labelled, *AMOUNTS])
        found += _negative(source)
    return found


def _blank(source: "Source", roles: Sequence[str]) -> list[str]:
    return [
        f"{source.name} has {blank:,} rows without {role}; leave them out with keep, or remove the role, "
        f"in {SOURCES}"
        for role in roles
        if role in source.frame and (blank := int(source.frame[role].isna().sum()))
    ]


def _negative(source: "Source") -> list[str]:
    """List the amounts below 0, which no analysis of a market takes, each by its first row."""
    found = []
    for role in (role for role in (*AMOUNTS, "price", "cost") if role in source.frame):
        amounts = source.frame[role].to_numpy(float)
        if (amounts < 0).any():
            row, label = int((amounts < 0).argmax()), source.columns[role].label
            below = ", ".join(f"{value:g}" for value in amounts[amounts < 0][:MANY])
            rows = int((amounts < 0).sum())
            more = f" and so on in {rows:,} rows" if rows > MANY else ""
            found.append(
                f"{source.name}, row {row + 1} of {len(source.frame)}: {role} ({shown(label)}) is "
                f"{below}{more}, below 0; correct it, leave such rows out with drop, or take "
                f"its role off, in {SOURCES}"
            )
    return found
