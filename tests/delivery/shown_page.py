"""A page of HTML as a reader sees it, in the light or in the dark: the words, their styles, and how well
they stand out.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser


class Page(HTMLParser):
    """A page as a reader sees it: every piece of text, with the styles that it inherits; in the dark, with
    those of the style sheet, as a browser does it.
    """

    def __init__(self, html: str, *, dark: bool = False) -> None:
        super().__init__()
        sheet = re.search(r"@media \(prefers-color-scheme: dark\) \{(.*?)\n\}\n", html, re.DOTALL)
        assert sheet is not None
        rules = re.findall(r"\.([\w-]+) \{ ([\w-]+): (#\w+) !important; \}", sheet[1])
        self._rules = [(name, key, value) for name, key, value in rules] if dark else []
        self._open: list[tuple[str, dict[str, str]]] = [("", {})]
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.links: list[str] = []
        self.bars: list[float] = []
        self.pieces: list[tuple[str, str]] = []
        self._styles: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    @property
    def words(self) -> str:
        return " ".join("\n".join(words for words, _ in self.pieces).replace("\xa0", " ").split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        given = dict(attrs)
        if tag == "a":
            self.links.append(given["href"] or "")
        style = dict(self._open[-1][1])
        style.pop("border-left", None)
        style |= dict(re.findall(r"([\w-]+):\s*([^;]+)", given.get("style") or ""))
        classes = (given.get("class") or "").split()
        for name, key, value in self._rules:
            if name in classes:
                style[key] = value
                if key == "border-left-color":
                    style["border-left"] = f"6px solid {value}"
        if "border-left" in style:
            colour = style["border-left"].split()[-1]
            self.bars.append(contrast(colour, style["background-color"]))
        if tag not in ("meta", "br"):
            self._open.append((tag, style))

    def handle_endtag(self, tag: str) -> None:
        while self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tag, style = self._open[-1]
        if data.strip() and tag not in ("style", "title", ""):
            self.pieces.append((data.strip(), str(style)))
            self._styles.append((data.strip(), style))

    def style_of(self, words: str) -> dict[str, str]:
        return next(style for text, style in self._styles if text == words)

    def contrasts(self) -> list[tuple[str, float]]:
        return [(words, contrast(style["color"], style["background-color"])) for words, style in self._styles]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3."""
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
