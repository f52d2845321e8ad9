"""reports/delivery.toml: what it may say, and how it is refused in one line that names table and key."""

import pytest

from pmlib.reports.deliver.address import mailbox
from pmlib.reports.deliver.settings import settings
from pmlib.reports.deliver.variables import told

MAIL = '[mail]\nserver = "smtp.example.org"\nsender = "Research <research@example.org>"\n'
READER = '[readers.cars]\nreports = ["us_*"]\nmail = ["anna@example.org"]\n'


def read(root, text):
    (root / "reports").mkdir(exist_ok=True)
    (root / "reports" / "delivery.toml").write_text(text)
    return settings(root)


def test_all_of_it_is_read(tmp_path):
    text = f"""
link = "https://research.example.org/reports/"
{MAIL}
user = "${{SMTP_USER}}"
password = "${{SMTP_PASSWORD}}"
limit = "2.5 MB"
{READER}
when = "changed"
attach = ["page", "slides"]
notify = ["${{SLACK_URL}}"]
command = ["scripts/post", "--page={{page}}"]
[owners]
"Competitive intelligence" = ["ci@example.org"]
"""
    found = read(tmp_path, text)
    assert found.link == "https://research.example.org/reports"
    assert found.mail.at == ("smtp.example.org", 587) and found.mail.limit == 2_500_000
    assert found.mail.sender.written == "Research <research@example.org>"
    assert found.readers["cars"].when == "changed"
    assert found.secrets == ["${SMTP_USER}", "${SMTP_PASSWORD}", "${SLACK_URL}"]
    assert settings(tmp_path / "elsewhere") is None


WRONG = {
    'lnk = "https://x.org"': "reports/delivery.toml: unknown key lnk; did you mean link?",
    'link = "ftp://x.org"': "reports/delivery.toml: link is 'ftp://x.org'; it takes an address such as",
    'link = "https://x.org/?a=b"': "reports/delivery.toml: link is",
    'link = "https://me:pw@x.org/"': "reports/delivery.toml: link is",
    'mail = "smtp"': "reports/delivery.toml, [mail]: is no table; write [mail] once",
    MAIL + "prot = 25": "[mail]: unknown key prot; did you mean port?",
    MAIL + "port = 70000": "[mail]: port is 70000: input should be less than or equal to 65535",
    MAIL + 'port = "25"': "[mail]: port is '25': input should be a valid integer",
    MAIL + 'security = "ssl"': "[mail]: security is 'ssl': input should be 'starttls', 'tls' or 'none'",
    MAIL + 'security = "none"': '[mail]: security = "none" would send mail in clear to smtp.example.org',
    MAIL + 'password = "hunter22"': "[mail]: password takes ${NAME}, the environment variable that holds it",
    MAIL + 'user = "me"': "[mail]: user is of no use without password; give both or none",
    MAIL + 'limit = "ten"': "[mail]: limit is 'ten'; write it as in \"10 MB\"",
    MAIL + 'limit = "0 MB"': "[mail]: limit is '0 MB'; write it as in \"10 MB\"",
    '[mail]\nserver = "smtp.example.org"': "[mail]: sender is missing",
    '[mail]\nserver = "a b"\nsender = "r@x.org"': "[mail]: server is 'a b'; it takes a host",
    READER: "reports/delivery.toml: [mail] is missing, and there are addresses",
    MAIL + READER + 'wen = "always"': "[readers.cars]: unknown key wen; did you mean when?",
    MAIL
    + READER
    + 'when = "often"': "[readers.cars]: when is 'often': input should be 'always', 'changed' or",
    MAIL
    + READER
    + 'attach = ["pptx"]': "[readers.cars]: attach is 'pptx': input should be 'page', 'workbook'",
    MAIL + READER + 'notify = ["slack://abc"]': "[readers.cars]: notify takes ${NAME}, the environment",
    MAIL + READER + "notify = [7]": "[readers.cars]: notify takes ${NAME}, the environment",
    MAIL + READER + 'command = ["post", "{pag}"]': "[readers.cars]: command names {pag}; did you mean page?",
    MAIL + READER + 'command = ["{page}"]': "[readers.cars]: command begins with no program",
    MAIL + '[readers.cars]\nmail = ["a@x.org"]': "[readers.cars]: reads nothing; give it audience",
    MAIL + '[readers.cars]\naudience = "A"': "[readers.cars]: is told nowhere; give it mail",
    MAIL
    + '[readers.cars]\naudience = "A"\nmail = "a@x.org"': "[readers.cars]: mail is 'a@x.org': input should",
    MAIL + '[readers.cars]\naudience = "A"\nmail = ["anna"]': "[readers.cars]: mail 'anna' is no address",
    MAIL + READER.replace("us_*", "US cars"): "[readers.cars]: reports is 'US cars'; it takes names",
    MAIL + READER.replace("cars]", '"a b"]'): "reports/delivery.toml: a reader is named by letters",
    MAIL + '[owners]\nAnn = "ann@x.org"': "[owners]: Ann is 'ann@x.org': input should be a valid list",
    MAIL + '[owners]\nAnn = ["ann@"]': "[owners]: Ann 'ann@' ",
    MAIL + "[owners": "reports/delivery.toml cannot be read",
    MAIL.replace("[mail]", "[[mail]]") + 'password = "hunter22"': "[mail]: is no table; write [mail] once",
    MAIL + '[[readers]]\nnotify = ["slack://abc"]': "[readers]: is no table; write [readers.car_managers]",
    MAIL + '[readers]\ncars = "slack://abc"': "[readers.cars]: is no table; write [readers.cars] once",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_it_may_not_say_is_refused_in_one_line(tmp_path, text):
    with pytest.raises(ValueError) as refused:
        read(tmp_path, text)
    (line,) = str(refused.value).splitlines()
    assert line.startswith("reports/delivery.toml") and WRONG[text] in line
    assert "hunter22" not in line and "slack://" not in line


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("anna@example.org", "anna@example.org"),
        ("Anna Ö <anna@example.org>", "Anna Ö <anna@example.org>"),
        ('"Research, cars" <r+cars@mail.example.org>', '"Research, cars" <r+cars@mail.example.org>'),
        ("O'Neil <o'neil@example.org>", "O'Neil <o'neil@example.org>"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_an_address_is_read_with_the_name_before_it(text, written):
    assert mailbox(text).written == written and mailbox(text).plain in text


@pytest.mark.parametrize(
    "text",
    [
        "", "anna", "@example.org", "anna@", "a@b@c.org", "anna@example..org", "anna @example.org",
        "a@-b.org", "a@x.org, b@x.org", "team: a@x.org, b@x.org;", "team:anna@example.org;", "a(b)@x.org",
        "Anna <anna@example.org>\r\nBcc: all@example.org", "anna@example.org\nBcc: x@y.org", "a@x\0.org",
        "anna@example.org\u2028", "änna@example.org", "anna@exämple.org", "a@example.org>\rX: y",
        f"{'a' * 65}@example.org", f"a@{'b' * 64}.org", f"a@{'b.' * 130}org", '"a b"@example.org',
        "<anna@example.org", "anna@example.org>", "Anna anna@example.org", "anna@[127.0.0.1]",
    ],
)  # fmt: skip
def test_what_is_no_single_address_is_refused(text):
    with pytest.raises(ValueError, match=r'write (it as "anna@example.org"|the domain as xn--)'):
        mailbox(text)


def test_secrets_are_in_no_form_in_what_is_told(monkeypatch):
    monkeypatch.setenv("SMTP_PASSWORD", "p@ss word/of many")
    line = told("535 p%40ss+word%2Fof+many\n\x1b[31m cGBzcyB3b3Jk p@ss word/of many", ["${SMTP_PASSWORD}"])
    assert "\n" not in line and "\x1b" not in line
    assert "p@ss" not in line and "p%40ss" not in line and "${SMTP_PASSWORD}" in line
