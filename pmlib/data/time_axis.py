"""A column that looks like time and has no role: amounts of several times must not be added up unasked."""

from pmlib.data.checked import Checked
from pmlib.data.facts import Facts
from pmlib.data.propose.column import date_form
from pmlib.data.propose.vocabulary import OTHERWISE, ROLES, named
from pmlib.data.rule import Rule
from pmlib.data.words import SOURCES, DataError, shown

ADDS = ("units", "revenue", "share")  # roles that add up over the rows of a firm


def check_time(checked: Checked, facts: Facts) -> None:
    """Refuse a table without a period whose rows are told apart by a column that looks like time.

    Raises
    ------
    DataError : names that column, and the line of the declaration that makes it the period.
    """
    table = checked.table
    roles = {rule.role for rule in table.columns.values()}
    if "period" in roles or not roles & set(ADDS):
        return
    for name in table.unique or table.columns:
        rule, labels = table.columns[name], facts.labels.get(name, [])
        form = date_form(labels, is_period=True) if len(labels) > 1 else ""
        if rule.role == "" and (form or _is_time(name, rule, name in table.unique, len(labels))):
            read = 'role = "period"' + (f', type = "date", format = "{form}"' if form else "")
            found = f"found {', '.join(map(shown, labels[:2]))}, " if labels else ""
            raise DataError(
                f"{checked.parts[0].path}, column {shown(name)}: {found}which looks like time and has no "
                f"role, so that amounts of different times would be added up; give it {read} in {SOURCES}, "
                'or role = "name" if it tells products apart'
            )


def _is_time(name: str, rule: Rule, in_key: bool, labels: int) -> bool:
    if named(name, OTHERWISE):
        return False
    if rule.type in ("date", "year") and in_key:
        return True
    return named(name, ROLES["period"]) == 2 and (rule.type in ("date", "year", "integer") or labels > 1)
