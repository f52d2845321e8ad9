"""What reports/delivery.toml may say: how mail leaves, who reads what, and who hears of failures."""

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from pmlib.reports.deliver import variables
from pmlib.reports.deliver.address import Mailbox, mailbox
from pmlib.reports.entry import BYTES, SIZE, PlanError, read_toml
from pmlib.reports.typed import did_you_mean, shown

DELIVERY = Path("reports", "delivery.toml")
PORTS = {"starttls": 587, "tls": 465, "none": 25}
PLACES = ("page", "report", "edition", "title", "link")  # what a command's words may name in braces
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9a-fA-F:]{2,45}")
GLOB = re.compile(r"[a-z0-9_/*?\[\]!-]{1,200}")
TABLES = {"mail": 1, "readers": 2, "owners": 1}  # of how many words the name of a table is
NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
HIDDEN = {"password", "notify"}  # never shown: somebody may have given the secret itself
UNSHOWN = "what stands there is not shown, for it may be the secret itself"


def _mailbox(value: Any) -> Mailbox:
    if not isinstance(value, str):
        raise ValueError(f"is {shown(value)}; it takes an address in quotes")
    try:
        return mailbox(value)
    except ValueError as error:
        raise ValueError(f"{shown(value)} {error}") from None


def _size(value: Any) -> int:
    found = SIZE.fullmatch(value) if isinstance(value, str) else None
    size = int(float(found[1]) * BYTES[found[2]]) if found else 0
    if not size:
        raise ValueError(f'is {shown(value)}; write it as in "10 MB"')
    return size


def _secret(text: str) -> str:
    if text and not variables.name(text):
        raise ValueError(f"takes ${{NAME}}, the environment variable that holds it; {UNSHOWN}")
    return text


def _host(text: str) -> str:
    if not HOST.fullmatch(text):
        raise ValueError(f'is {shown(text)}; it takes a host such as "smtp.example.org"')
    return text


def _link(text: str) -> str:
    parts = urlsplit(text)
    sound = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
    if text and not (sound and re.fullmatch(r"[!-~]+", text) and "@" not in parts.netloc):
        raise ValueError(
            f'is {shown(text)}; it takes an address such as "https://research.example.org/reports"'
        )
    return text.rstrip("/")


def _glob(text: str) -> str:
    if not GLOB.fullmatch(text):
        raise ValueError(f'is {shown(text)}; it takes names of reports, such as "us_*"')
    return text


def _words(words: list[str]) -> list[str]:
    for place in (found for word in words for found in re.findall(r"\{(\w*)\}", word)):
        if place not in PLACES:
            raise ValueError(f"names {{{place}}}{did_you_mean(place, PLACES)}")
    if words and (not words[0] or "{" in words[0]):
        raise ValueError("begins with no program; the first word names it, as it stands")
    return words


Box = Annotated[Mailbox, BeforeValidator(_mailbox)]


class Strict(BaseModel):
    """A table of the settings: no key it does not know, no value of another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class Mail(Strict):
    """The server that mail leaves by.

    user, password : of its login; the password as ${NAME}.
    sender : from whom the mail is. limit : bytes of attachments that one mail may take.
    """

    server: Annotated[str, AfterValidator(_host)]
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: Annotated[str, AfterValidator(_secret)] = ""
    sender: Box
    limit: Annotated[int, BeforeValidator(_size)] = 10 * BYTES["MB"]

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if self.security == "none" and not _is_here(self.server):
            raise ValueError(
                f'security = "none" would send mail in clear to {self.server}; use "starttls" or "tls"'
            )
        if bool(self.user) != bool(self.password):
            has, lacks = ("user", "password") if self.user else ("password", "user")
            raise ValueError(f"{has} is of no use without {lacks}; give both or none")
        return self

    @property
    def at(self) -> tuple[str, int]:
        """Host and port."""
        return self.server, self.port or PORTS[self.security]


class Reader(Strict):
    """Who reads which reports, and how they get there.

    audience : of the catalog, whose reports they get. reports : globs of further ones.
    when : of the editions they get all, those that changed, or those that raise an alert.
    attach : what goes with the mail. notify : Apprise addresses, as ${NAME}. command : a program's words.
    """

    audience: str = ""
    reports: list[Annotated[str, AfterValidator(_glob)]] = []
    mail: list[Box] = []
    when: Literal["always", "changed", "alert"] = "always"
    attach: list[Literal["page", "workbook", "slides", "pdf"]] = ["page", "workbook"]
    notify: list[Annotated[str, Field(min_length=1), AfterValidator(_secret)]] = []
    command: Annotated[list[str], AfterValidator(_words)] = []

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not (self.audience or self.reports):
            raise ValueError('reads nothing; give it audience = "…" as in the catalog, or reports = ["…"]')
        if not (self.mail or self.notify or self.command):
            raise ValueError('is told nowhere; give it mail = ["anna@example.org"], notify or command')
        return self


class Settings(Strict):
    """All of it. link : where reports/published is served. owners : whom failures reach, by owner or "*"."""

    link: Annotated[str, AfterValidator(_link)] = ""
    mail: Mail | None = None
    readers: dict[str, Reader] = {}
    owners: dict[str, list[Box]] = {}

    @model_validator(mode="after")
    def _mail_leaves(self) -> Self:
        if not self.mail and (self.owners or any(one.mail for one in self.readers.values())):
            raise ValueError("[mail] is missing, and there are addresses; say by which server mail leaves")
        for name in self.readers:
            if not NAME.fullmatch(name):
                raise ValueError(f"a reader is named by letters, digits, _ and -, not {shown(name)}")
        return self

    @property
    def secrets(self) -> list[str]:
        """All that names a variable."""
        mail = [self.mail.user, self.mail.password] if self.mail else []
        return mail + [one for reader in self.readers.values() for one in reader.notify]


def settings(root: Path) -> Settings | None:
    """Read reports/delivery.toml; nothing where there is none.

    Raises
    ------
    PlanError : it says what it may not; one line each, naming table and key.
    """
    if not (root / DELIVERY).is_file():
        return None
    try:
        return Settings.model_validate(read_toml(root, DELIVERY))
    except ValidationError as error:
        unknown = [one for one in error.errors() if one["type"] == "extra_forbidden"]
        raise PlanError("\n".join(dict.fromkeys(map(_said, unknown or error.errors())))) from None


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _said(error: Mapping[str, Any]) -> str:
    place = [str(part) for part in error["loc"]]
    depth = TABLES.get(place[0], 0) if place else 0
    table, key = ".".join(place[:depth]), "".join(place[depth : depth + 1])
    where = f"{DELIVERY.as_posix()}, [{table}]" if table else DELIVERY.as_posix()
    return f"{where}: {_what(error, place, key)}"


def _what(error: Mapping[str, Any], place: list[str], key: str) -> str:
    if error["type"] == "extra_forbidden":
        tables: dict[str, type[BaseModel]] = {"mail": Mail, "readers": Reader}
        model = tables.get(place[0], Settings) if len(place) > 1 else Settings
        return f"unknown key {key}{did_you_mean(key, model.model_fields)}"
    if error["type"] == "missing":
        return f"{key} is missing"
    if error["type"] == "value_error":
        return f"{key} {error['ctx']['error']}".strip()
    if not key and error["type"] in ("dict_type", "model_type"):  # unshown: a secret may stand in it
        table = "readers.car_managers" if place == ["readers"] else ".".join(place)
        return f"is no table; write [{table}] once, and its keys below it"
    if key in HIDDEN:
        return f"{key} takes ${{NAME}}, the environment variable that holds it; {UNSHOWN}"
    wanted = error["msg"][0].lower() + error["msg"][1:]
    return f"{key} is {shown(error['input'])}: {wanted}".strip()
