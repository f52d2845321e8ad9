"""What stands in the subject of a mail: what is in it, what crossed a threshold first."""

from collections.abc import Sequence

from pmlib.reports.deliver.brief import Brief
from pmlib.reports.deliver.item import Failed
from pmlib.reports.deliver.words import header

LONGEST = 100  # characters; a list of mails shows some 70 of them


def of_reports(briefs: Sequence[Brief]) -> str:
    """Say what one report found, or which reports there are; one that alerts is named first."""
    alerting = [one for one in briefs if one.alerts]
    if len(briefs) == 1:
        (one,) = briefs
        said = f"Alert: {one.title}: {one.alerts[0]}" if alerting else f"{one.title}: {one.headline}"
        return header(said.rstrip(": "), LONGEST)
    said = f"{len(briefs)} reports: {', '.join(one.title for one in briefs)}"
    first = f"Alert: {', '.join(one.title for one in alerting)}; " if alerting else ""
    return header(first + said, LONGEST)


def of_failures(failed: Sequence[Failed]) -> str:
    """Say what failed, or which reports it is about."""
    if len(failed) == 1:
        return header(f"Failed: {failed[0].title}: {failed[0].line}", LONGEST)
    return header(f"{len(failed)} failures: {', '.join(one.title for one in failed)}", LONGEST)
