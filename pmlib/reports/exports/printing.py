"""The process that prints one page: the page comes in by standard input, the PDF goes out."""

import re
import sys
from typing import Any

ADDRESS = "http://page.invalid/"  # a page that is printed stands nowhere: no path of this machine is in it
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND"
BESIDE = re.compile(rb' href="(?!#|[a-z]+:)[^"]*"')  # links to files that lie beside the page


def printed(browser: str, html: bytes) -> bytes:
    """Print a page whose scripts do not run and whose every request is refused."""
    from playwright.sync_api import sync_playwright

    text = BESIDE.sub(b"", html)

    def answer(route: Any) -> None:
        if route.request.url == ADDRESS:
            route.fulfill(body=text, content_type="text/html; charset=utf-8")
        else:
            route.abort()

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=["--disable-gpu", OFFLINE])
        context = chromium.new_context(java_script_enabled=False, color_scheme="light", locale="en-GB")
        context.route("**/*", answer)
        tab = context.new_page()
        tab.goto(ADDRESS)
        data: bytes = tab.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
        chromium.close()
    return data


if __name__ == "__main__":
    try:
        sys.stdout.buffer.write(printed(sys.argv[1], sys.stdin.buffer.read()))
    except Exception as error:  # whatever it is, it is told on one line
        sys.exit(next(iter(str(error).splitlines()), type(error).__name__))
