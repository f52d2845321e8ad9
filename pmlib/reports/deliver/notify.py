"""Slack, Teams and the rest, through Apprise: an edition in a few lines of plain text."""

import logging
import re
from collections.abc import Sequence

from pmlib.reports.deliver import variables
from pmlib.reports.deliver.answer import LATER, SENT, Answer
from pmlib.reports.deliver.settings import DELIVERY
from pmlib.reports.deliver.short import Short

LONGEST = 3_500  # characters, which most services take as one message
CALLS = re.compile(r"@(?=everyone|here|channel|all\b|team)|<(?=[!@#])", re.I)  # what would call people


def post(setting: str, told: Sequence[Short]) -> Answer:
    """Tell a service of editions.

    Parameters
    ----------
    setting : ${NAME}, the variable that holds the service's address.
    """
    try:
        import apprise
    except ImportError:
        return Answer(LATER, "notify is not installed here; run pip install 'pmlib[notify]'")
    try:
        address = variables.value(setting, f"{DELIVERY.as_posix()}: notify")
    except variables.Unset as error:
        return Answer(LATER, str(error))
    with _Heard() as heard:  # which may name the secret: it is scrubbed with all reasons
        asset = apprise.AppriseAsset(app_id="pmlib", storage_mode=apprise.PersistentStoreMode.MEMORY)
        service = apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
        if service is None:
            return Answer(LATER, f"{setting} holds no address that Apprise knows; see its list of services")
        title, body = written(told)
        done = service.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
    return Answer(SENT) if done else Answer(LATER, f"the service of {setting} took it not: {heard.last}")


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
