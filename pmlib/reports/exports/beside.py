"""What a run puts beside its page in other forms, and what of that it could not make, and why."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from pmlib.reports.editions import Edition
from pmlib.reports.exports.scripts import NoGlyph
from pmlib.reports.exports.tools import FAILED, FIGURES, PLACES, lacking


@dataclass(frozen=True)
class Beside:
    """The forms of one edition, as the catalog asks for them.

    files : by path inside the edition.
    lacks : form → why there is none, in words that are the same each time.
    unpictured : chart → why it has no picture; letters : those that no font has.
    """

    forms: Sequence[str] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    lacks: Mapping[str, str] = field(default_factory=dict)
    unpictured: Mapping[str, str] = field(default_factory=dict)
    letters: str = ""

    @property
    def links(self) -> list[tuple[str, str]]:
        """What the page links to: words and path."""
        return [
            (words, path)
            for form, (path, words) in PLACES.items()
            if form in self.forms and form not in self.lacks
        ]

    @property
    def figures(self) -> list[str]:
        """The charts that have a picture."""
        return [Path(path).stem for path in self.files if path.startswith(FIGURES)]

    @property
    def missing(self) -> list[str]:
        """A line for each reason why something could not be made."""
        lost = dict[str, list[str]]()
        for form, why in self.lacks.items():
            lost.setdefault(why, []).append(PLACES[form][0])
        for name, why in self.unpictured.items():
            lost.setdefault(why, []).append(f"{FIGURES}/{name}.png")
        return [f"{', '.join(paths)}: {why}" for why, paths in lost.items()]

    @property
    def parts(self) -> dict[str, str]:
        """What the key of the page holds of how they came out."""
        return {f"format {form}": f"{FAILED}{why}" for form, why in self.lacks.items()} | {
            "letters": self.letters
        }

    def printed(self, html: str) -> "Beside":
        """Add the print of a page that links to it."""
        from pmlib.reports.exports.pdf import printed

        try:
            return replace(self, files={**self.files, PLACES["pdf"][0]: printed(html.encode())})
        except NoGlyph as error:
            letters = "".join(sorted({*self.letters, *error.letters}))
            return replace(self, lacks={**self.lacks, "pdf": str(error)}, letters=letters)
        except ValueError as error:  # what a browser says in its distress differs from time to time
            return replace(self, lacks={**self.lacks, "pdf": str(error).partition(": ")[0]})


def beside(
    forms: Sequence[str], notebook: NotebookNode, record: Mapping[str, Any], files: Mapping[str, bytes]
) -> Beside:
    """Make what does not depend on the page: slides, and pictures of its charts.

    Parameters
    ----------
    forms : as the catalog lists them.
    record, files : what the edition will say and hold, but for its page.
    """
    made = Beside(forms, lacks={form: why for form in forms if (why := lacking(form))})
    if "png" in forms:
        made = _with_pictures(made, notebook)
    if "pptx" in forms and "pptx" not in made.lacks:
        made = _with_slides(made, record, files)
    return made


def _with_pictures(made: Beside, notebook: NotebookNode) -> Beside:
    from pmlib.reports.exports.pictures import pictures

    files, unpictured = pictures(notebook)
    letters = {c for error in unpictured.values() for c in getattr(error, "letters", ())}
    return replace(
        made,
        files={**made.files, **{f"{FIGURES}/{name}.png": data for name, data in files.items()}},
        unpictured={name: str(error) for name, error in unpictured.items()},
        letters="".join(sorted(letters)),
    )


def _with_slides(made: Beside, record: Mapping[str, Any], files: Mapping[str, bytes]) -> Beside:
    from pmlib.reports.exports.slides import slides

    with tempfile.TemporaryDirectory() as folder:  # slides are made of an edition as it stands on disk
        edition = Path(folder, "editions", "0000-00000000")
        edition.mkdir(parents=True)
        for name in ("notebook.ipynb", "numbers.json"):
            (edition / name).write_bytes(files[name])
        try:
            data = slides(Edition(edition, dict(record)))
        except Exception as error:  # whatever it is, a page is not lost for its slides, and it is said
            name = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
            return replace(made, lacks={**made.lacks, "pptx": " ".join(f"{name}{error}".split())})
    return replace(made, files={**made.files, PLACES["pptx"][0]: data})
