"""Send what waits: each message once, and again after a while where it failed; nothing is lost in between."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pmlib.reports.deliver import outbox, variables
from pmlib.reports.deliver.answer import LATER, NEVER, SENT, UNKNOWN, Answer
from pmlib.reports.deliver.batches import Batch, due
from pmlib.reports.deliver.outbox import Delivery
from pmlib.reports.deliver.settings import Settings, settings
from pmlib.reports.deliver.waiting import undelivered
from pmlib.reports.deliver.ways import Way
from pmlib.reports.disk import Busy, lock
from pmlib.reports.press import CLOCK

LOCK = Path(".pmlib", "deliver.lock")
# Before each further try, and the last before all that follow.
WAITS = [*(timedelta(minutes=count) for count in (1, 5, 15, 60, 120)), outbox.FARTHEST]
LONGEST = timedelta(days=1)  # from the first try on, then it is given up
UNKNOWNS = 2  # tries without a word of what became of them: a third might be a third copy
NAMED = 5  # addresses, in a line of what became of a message
NOTED = ("state", "tries", "unknown", "due", "ended", "reason")  # of a delivery, after a try
CUT = "it was cut off while it was sent, and may have arrived"


def send(root: Path, say: Callable[[str], None], moment: datetime) -> int:
    """Send what waits and is due at a moment in UTC; give the number of messages that did not go out whole.

    Raises
    ------
    PlanError : reports/delivery.toml says what it may not.
    OSError : the outbox cannot be read or written.
    """
    found = settings(root)
    if found is None:
        return 0
    with ExitStack() as held:
        try:
            held.enter_context(lock(root / LOCK, root, patient=False))
        except Busy:
            say("another process is delivering now; what waits goes out with it, or the next time")
            return 0
        sender, way = _Sender(root, found, moment, say), Way(root, found)
        sender.recover()
        with outbox.opened(root) as box:
            batches = due(box, found, moment)
        failed = sum(not sender.go(batch, way) for batch in batches)
        if batches:
            with outbox.opened(root) as box:
                outbox.forget(box, root)
    return failed


@dataclass(frozen=True)
class _Sender:
    """One call: all that it notes is of one moment."""

    root: Path
    settings: Settings
    moment: datetime
    say: Callable[[str], None]

    def recover(self) -> None:
        """Take up what was being sent when another process ended."""
        with outbox.opened(self.root) as box:
            cut = outbox.find(box, state=outbox.SENDING)
        if cut:
            noted = self._note(cut, {one.id: Answer(UNKNOWN, CUT) for one in cut})
            with outbox.opened(self.root) as box:
                at_once = [one.id for one in noted if one.state == outbox.WAITING]
                outbox.mark(box, at_once, due=self.moment.isoformat(timespec="seconds"))

    def go(self, batch: Batch, way: Way) -> bool:
        """Try one message, and note what became of it; tell whether all of it went out."""

        def sending() -> None:
            with outbox.opened(self.root) as box:
                outbox.mark(box, batch.ids, state=outbox.SENDING)

        try:
            answers = way(batch, sending)
        except Exception as error:  # whatever is wrong with one message, the others go
            answers = dict.fromkeys(batch.ids, Answer(LATER, f"{type(error).__name__}: {error}"))
        told = {
            one: replace(answer, reason=variables.told(answer.reason, self.settings.secrets))
            for one, answer in answers.items()
        }
        noted = self._note(batch.deliveries, told)
        for line in _lines(batch, noted):
            self.say(line)
        return all(one.state == outbox.SENT for one in noted)

    def _note(self, tried: Sequence[Delivery], answers: Mapping[str, Answer]) -> list[Delivery]:
        """Keep what became of deliveries; have owners hear of those that are given up."""
        noted = [self._after(one, answers[one.id]) for one in tried]
        when = self.moment.strftime(CLOCK)
        with outbox.opened(self.root) as box:
            for one in noted:
                outbox.mark(box, [one.id], **{name: getattr(one, name) for name in NOTED})
            lost = [one for one in noted if one.state == outbox.GIVEN_UP]
            undelivered(box, self.settings, self.root, lost, when)
        return noted

    def _after(self, one: Delivery, answer: Answer) -> Delivery:
        """Say how a delivery stands after a try."""
        moment = self.moment.isoformat(timespec="seconds")
        tries, unknown = one.tries + 1, one.unknown + (answer.how == UNKNOWN)
        after = replace(one, tries=tries, unknown=unknown, reason=answer.reason)
        if answer.how == SENT:
            return replace(after, state=outbox.SENT, ended=moment)
        again = self.moment + WAITS[min(tries, len(WAITS)) - 1]
        over = again > datetime.fromisoformat(one.begun) + LONGEST
        if answer.how == NEVER or unknown >= UNKNOWNS or over:
            return replace(after, state=outbox.GIVEN_UP, ended=moment)
        return replace(after, state=outbox.WAITING, due=again.isoformat(timespec="seconds"))


def _lines(batch: Batch, noted: Sequence[Delivery]) -> Iterator[str]:
    """Say what became of a message: who got it, and for each reason who did not."""
    if got := [one for one in noted if one.state == outbox.SENT]:
        yield f"{batch.words}: sent{_places(got)}"
    for reason in dict.fromkeys(one.reason for one in noted if one.state != outbox.SENT):
        some = [one for one in noted if one.reason == reason and one.state != outbox.SENT]
        then = (
            "given up"
            if some[0].state == outbox.GIVEN_UP
            else f"next try {some[0].due[:16].replace('T', ' ')} UTC"
        )
        yield f"{batch.words}: not sent{_places(some)}: {reason}; {then}"


def _places(some: Sequence[Delivery]) -> str:
    places = list(dict.fromkeys(one.address for one in some if one.kind == "mail"))
    more = f" and {len(places) - NAMED:,} more" if len(places) > NAMED else ""
    return f" to {', '.join(places[:NAMED])}{more}" if places else ""


def again(root: Path) -> int:
    """Have what was given up tried once more; give how many deliveries that are."""
    with outbox.opened(root) as box:
        lost = outbox.find(box, state=outbox.GIVEN_UP)
        anew = {"state": outbox.WAITING, "tries": 0, "unknown": 0, "due": "", "ended": ""}
        outbox.mark(
            box, [one.id for one in lost], **anew, begun=datetime.now(UTC).isoformat(timespec="seconds")
        )
    return len(lost)
