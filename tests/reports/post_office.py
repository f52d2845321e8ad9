"""A mail server on loopback that does what a test wants, and a project whose reports go out by it."""

import asyncio
import datetime
import ipaddress
import json
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from printed import edition

from pmlib.reports import deliver
from pmlib.reports.batch import End
from pmlib.reports.deliver import outbox
from pmlib.reports.failure import ExecutionFailed, Failure
from pmlib.reports.plan import PUBLISHED, Entry, Job
from pmlib.reports.press import Outcome
from pmlib.reports.publish import publish_failure

LOGIN = {"SMTP_USER": "research", "SMTP_PASSWORD": "a secret of many letters"}
NOW = datetime.datetime(2026, 11, 30, 8, tzinfo=datetime.UTC)
MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)
OWNERS = '[owners]\n"Pricing" = ["ci@example.org"]\n"*" = ["ops@example.org"]\n'


class Server:
    """What a mail server took, and how it answers.

    on : answers by what they are to ("MAIL", "RCPT", "DATA"): each is called with the recipient, or the
        mail, and gives a line, or nothing for the usual one.
    """

    def __init__(self, **on):
        self.on, self.got, self.boxes, self.talks = on, [], [], 0

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.talks += 1
        said = self._say("MAIL", address)
        if said is None:
            envelope.mail_from = address
        return said or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        said = self._say("RCPT", address)
        if said is None:
            envelope.rcpt_tos.append(address)
        return said or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        said = self._say("DATA", envelope.content)
        if said and said[0] != "2" and said != "drop":
            return said
        self.got.append(message_from_bytes(envelope.content, policy=default))
        self.boxes.append(list(envelope.rcpt_tos))
        if said == "drop":
            server.transport.abort()
        return "250 OK"

    def _say(self, what, about):
        answer = self.on.get(what)
        return answer(about) if callable(answer) else answer

    @property
    def ids(self):
        """The Message-IDs of what it took."""
        return [mail["message-id"] for mail in self.got]


@contextmanager
def serving(server, certificate=None, *, login=False, implicit=False, **options):
    """Have a server listen; give its port.

    certificate : of a server that offers STARTTLS, or speaks TLS at once if `implicit`.
    """
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    options |= {"tls_context": context} if context and not implicit else {}
    options |= {"authenticator": _known, "auth_required": True} if login else {}
    options |= {"auth_require_tls": not implicit}
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen():
        # Two answers in one packet, or a slow core, must not fail a test by aiosmtpd's own patience.
        made = lambda: SMTP(server, loop=loop, timeout=60, hostname="localhost", **options)  # noqa: E731
        return await loop.create_server(made, "127.0.0.1", 0, ssl=context if implicit else None)

    listening = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_closed(listening), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _closed(listening):
    listening.close()
    talks = asyncio.all_tasks() - {asyncio.current_task()}
    for talk in talks:
        talk.cancel()
    await asyncio.gather(*talks, return_exceptions=True)


def _known(server, session, envelope, mechanism, data):
    assert isinstance(data, LoginPassword)
    wanted = (LOGIN["SMTP_USER"].encode(), LOGIN["SMTP_PASSWORD"].encode())
    return AuthResult(success=(data.login, data.password) == wanted, handled=False)


def certificate(path, name="127.0.0.1", days=1):
    """Make a certificate that signs itself, and its key, in one file; by negative days it ran out."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    try:
        other = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        other = x509.DNSName(name)
    made = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=9))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([other]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(pem))
    return path


def project(root, port, readers, security="none", login=False, more=""):
    """Say in a project how its reports are delivered, by a server of this machine."""
    (root / "reports").mkdir(parents=True, exist_ok=True)
    names = 'user = "${SMTP_USER}"\npassword = "${SMTP_PASSWORD}"\n' if login else ""
    server = f'server = "127.0.0.1"\nport = {port}\nsecurity = "{security}"\n{names}'
    sender = 'sender = "Market research <research@example.org>"\n'
    (root / "reports" / "delivery.toml").write_text(f"{more}[mail]\n{server}{sender}{readers}\n{OWNERS}")
    return root


def reader(name="car_managers", mail=("anna@example.org",), **more):
    """A reader, as the settings have it."""
    given = {"reports": ["*"], "mail": list(mail), "attach": [], **more}
    return f"[readers.{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in given.items())


def job(root, name="cars", **entry):
    """A report's job."""
    made = Entry(notebook="tiny", **{"audience": "Car managers", "parameters": {"owner": "Pricing"}} | entry)
    report, _, slug = name.partition("/")
    return Job(report, made, {"cells": []}, {}, {}, {}, root / PUBLISHED / name, slug)


def publish(root, *results, name="cars", title="The car market", alerts=(), queued=True, **more):
    """Publish an edition, and put it into the outbox as a run that was due does."""
    made = edition(root, *results, name=name, title=title, **more)
    if alerts:
        made = replace(made, record=made.record | {"alerts": list(alerts)})
    if queued:
        deliver.queue(root, job(root, name), End(Outcome("published", made)), NOW)
    return made


def fail(root, message="no sales", when="2026-11-30 08:00 UTC", name="cars", **entry):
    """Fail a run, and put that into the outbox."""
    what, failed = job(root, name, **entry), Failure(3, 9, "sales", "DataError", message)
    publish_failure(what, failed, [], when, root)
    deliver.queue(root, what, End(error=ExecutionFailed(failed)), NOW)


def states(root, **facts):
    """How deliveries stand: their address and state."""
    with outbox.opened(root) as box:
        return [(one.address, one.state) for one in outbox.find(box, **facts)]


def reasons(root):
    """Why deliveries stand as they do."""
    with outbox.opened(root) as box:
        return [one.reason for one in outbox.find(box)]


def in_a_child(root, after=datetime.timedelta()):
    """Send in a process of its own."""
    code = (
        "import sys; from datetime import datetime; from pathlib import Path; "
        "from pmlib.reports import deliver; deliver.send(Path(sys.argv[1]), print, "
        "datetime.fromisoformat(sys.argv[2]))"
    )
    return subprocess.Popen([sys.executable, "-c", code, str(root), (NOW + after).isoformat()])


class Post:
    """Sends what waits in a project at a moment, and keeps what it says."""

    def __init__(self, root):
        self.root, self.said = root, []

    def __call__(self, after=datetime.timedelta()):
        self.said.clear()
        return deliver.send(self.root, self.said.append, NOW + after)
