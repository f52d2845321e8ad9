"""What a table will be like that cannot be read yet: enough to guess whom a report is about."""

import pandas as pd

from pmlib.data.propose.declare import Proposal
from pmlib.data.propose.numbers import Style, split
from pmlib.data.roles import MEASURES, ROLES
from pmlib.data.source import Fingerprint, Source


def sketch(proposal: Proposal) -> Source:
    """Give the columns that seem to have a role; what is no number where one should stand is missing."""
    style = Style(proposal.format.get("decimal", "."), proposal.format.get("thousands", ""))
    frame = pd.DataFrame()
    for column in proposal.columns:
        cells = column.values  # a Guess is no frame
        if column.role not in ROLES or column.role == "period":
            continue
        if column.type in MEASURES:
            parts = [split(cell) for cell in cells]
            frame[column.role] = [style.value(part.digits) if part else float("nan") for part in parts]
        elif column.type == "flag":
            frame[column.role] = [int(cell == column.yes) for cell in cells]
        else:
            frame[column.role] = [cell or None for cell in cells]
    return Source(
        name=proposal.name,
        title=proposal.title,
        frame=frame,
        columns={},
        attributes=(),
        line="",
        fingerprint=Fingerprint("", len(frame)),
    )
