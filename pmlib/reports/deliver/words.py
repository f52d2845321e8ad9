"""Text from data, parameters and names, made fit for a header, a line of a mail and a file's name."""

from pmlib.visible import visible


def clean(text: object, most: int) -> str:
    """Write text on one line, nothing unseen in it, cut at a word where it is longer than `most`."""
    line = " ".join(visible(str(text)).split())
    if len(line) <= most:
        return line
    head = line[: most - 1]
    at_word = head if line[most - 1] == " " else head.rpartition(" ")[0]
    return f"{(at_word if len(at_word) > most // 2 else head).rstrip(' ,;:–-')}…"


def header(text: object, most: int) -> str:
    """Write text for a header; what a mail program would take for an encoded word stays as it reads."""
    return clean(text, most).replace("=?", "= ?")


def size(count: int) -> str:
    """Say how large a file is."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"
