"""Slack, Teams and the rest, through Apprise: an edition in a few lines of plain text."""

import logging
import re
from collections.abc import Sequence
from typing import Any

from pmlib.reports.deliver import variables
from pmlib.reports.deliver.answer import LATER, SENT, Answer
from pmlib.reports.deliver.settings import DELIVERY
from pmlib.reports.deliver.short import Short

LONGEST = 3_500  # characters, which most services take as one message
MISSING = "notify needs what is not installed here; run pip install 'pmlib[notify]'"
CALLS = re.compile(r"@(?=everyone|here|channel|all\b|team)|<(?=[!@#])", re.I)  # what would call people


def post(setting: str, told: Sequence[Short]) -> Answer:
    """Tell a service of editions; setting : ${NAME}, the variable that holds its address."""
    return tell(setting, *written(told))


def tell(setting: str, title: str, body: str) -> Answer:
    """Send a service a message of plain text. What it says of a failure may name the secret."""
    with _Heard() as heard:
        try:
            found = service(setting)
        except ValueError as error:
            return Answer(LATER, str(error))
        done = found.notify(title=title, body=body, body_format="text")
    return Answer(SENT) if done else Answer(LATER, f"the service of {setting} did not take it: {heard.last}")


def service(setting: str) -> Any:
    """Give what speaks to a service.

    Raises
    ------
    ValueError : Apprise is not installed, the variable is not set, or it holds no address.
    """
    try:
        import apprise
    except ImportError:
        raise ValueError(MISSING) from None
    address = variables.value(setting, f"{DELIVERY.as_posix()}: notify")
    # It keeps nothing on the disk, where a token would outlive its variable.
    asset = apprise.AppriseAsset(app_id="pmlib", storage_mode=apprise.PersistentStoreMode.MEMORY)
    found = apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    if found is None:
        raise ValueError(f"{setting} holds no address that Apprise knows; correct the variable")
    return found


def written(told: Sequence[Short]) -> tuple[str, str]:
    """Write the title and the text of a message."""
    title = told[0].title if len(told) == 1 else f"{len(told)} reports"
    text = "\n\n".join("\n".join(one.lines(with_title=len(told) > 1)) for one in told)
    if len(text) > LONGEST:
        text = f"{text[:LONGEST].rpartition(chr(10))[0]}\n…"
    return _calm(title), _calm(text)


def _calm(text: str) -> str:
    return CALLS.sub(lambda found: f"{found[0]} ", text)


class _Heard(logging.Handler):
    """Keeps the last that a library warned of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last = "it says not why"

    def emit(self, record: logging.LogRecord) -> None:
        self.last = record.getMessage()

    def __enter__(self) -> "_Heard":
        logging.getLogger("apprise").addHandler(self)
        return self

    def __exit__(self, *error: object) -> None:
        logging.getLogger("apprise").removeHandler(self)
