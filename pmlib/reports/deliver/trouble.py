"""Why no mail can leave by a server, in words, with what to do about it."""

import smtplib
import socket
import ssl
from typing import Any

from pmlib.reports.deliver.settings import DELIVERY, Mail
from pmlib.reports.deliver.variables import Unset, told

WHERE = f"{DELIVERY.as_posix()}, [mail]"


def words(error: Exception, mail: Mail) -> str:
    """Say why a server cannot be used, and what to do; no secret is in it."""
    host, port = mail.at
    said = told(_reply(error), (mail.user, mail.password))
    if isinstance(error, Unset):
        return said
    if isinstance(error, socket.gaierror):
        return f"no address is known for {host}; correct server in {WHERE}, or look at this machine's network"
    return f"the mail server {host}:{port} {_trouble(error, said, mail)}"


def line(code: int, said: Any) -> str:
    """Write what a server answered on one line."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return f"{code} {' '.join(text.split())}"


def _trouble(error: Exception, said: str, mail: Mail) -> str:
    if "timed out" in said:  # which comes in several wrappings
        return f"does not answer; correct port and security in {WHERE}, or look for a firewall between"
    match error:
        case UnicodeError():
            return "takes a login of plain letters only; choose another password"
        case ConnectionRefusedError():
            return f"lets nobody connect; correct server and port in {WHERE}, or start it"
        case ssl.SSLCertVerificationError():
            return (
                f"shows a certificate that is not to be trusted ({error.verify_message}); correct server in "
                f"{WHERE}, or have SSL_CERT_FILE name the certificates that your company trusts"
            )
        case ssl.SSLError():
            return f'speaks no TLS here ({said}); "tls" goes with port 465, "starttls" with 587, in {WHERE}'
        case smtplib.SMTPAuthenticationError():
            return f"refuses the login ({said}); correct {mail.user} and {mail.password}"
        case smtplib.SMTPNotSupportedError() if "STARTTLS" in said:
            return f'offers no STARTTLS, and nothing is sent in clear; try security = "tls" in {WHERE}'
        case smtplib.SMTPNotSupportedError():
            return f"takes no such login ({said}); take user and password out of {WHERE}, or ask for a port"
        case smtplib.SMTPResponseException():
            return f"refuses us ({said}); ask who runs it"
    return f"ended the talk ({said}); correct port and security in {WHERE}, or ask who runs it"


def _reply(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return line(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__
