"""One page of HTML that needs nothing else: the frame, and what stands in it: tables, bars, legends, numbers behind a click.

Every function takes text as it is and escapes it; what comes out is HTML. There is no script, and the page forbids itself to run one or
to load anything, so that a name from a configuration stays a name whatever it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import msgspec

from escalate_cli.core.text import printable


class Html(str):
    """Text that is HTML already, made by this floor from escaped parts."""

    __slots__ = ()


def text(value: object) -> str:
    """Text that came from people, as HTML: nothing in it is a tag, ends an attribute, or turns the direction of what follows."""
    return escape(printable(value))


def name(value: object) -> str:
    """A name in a sentence or a cell, kept apart from the direction of the text around it."""
    return f"<bdi>{text(value)}</bdi>"


def number(value: int) -> str:
    """A count with its thousands apart: 5,000."""
    return f"{value:,}"


def share(part: int, whole: int) -> str:
    """A share in percent, with a sign of life for the smallest."""
    if not whole:
        return "–"
    percent = part / whole * 100
    return "<1%" if 0 < percent < 1 else ">99%" if 99 < percent < 100 else f"{percent:.0f}%"


def document(title: str, body: str, css: str = "") -> str:
    """The whole page around `body`; `css` comes after the rules that all pages share."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{text(title)}</title>\n<style>{CSS}{css}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def card(title: str, *parts: str, said: str = "", wide: bool = False) -> str:
    """A piece of the page with a heading, a sentence that says what is to be seen, and what shows it."""
    sentence = f"<p>{text(said)}</p>" if said else ""
    shown = "\n".join(part for part in parts if part)
    return f'<section class="card{" wide" if wide else ""}"><h2>{text(title)}</h2>{sentence}\n{shown}\n</section>'


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], label: str) -> str:
    """A table, in a box of its own that scrolls when the table is wider than the page. The first column names the row; numbers are
    right-aligned."""
    head = "".join(f'<th scope="col"{"" if place == 0 else _SIDE}>{text(one)}</th>' for place, one in enumerate(columns))
    body = "\n".join("<tr>" + "".join(_cell(value, place) for place, value in enumerate(row)) + "</tr>" for row in rows)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{text(label)}"><table><thead><tr>{head}</tr></thead>\n'
        f"<tbody>{body}</tbody></table></div>"
    )


_SIDE = ' class="n"'


def _cell(value: object, place: int) -> str:
    if place == 0:
        return f'<th scope="row">{name(value)}</th>'
    shown = value if isinstance(value, Html) else number(value) if isinstance(value, int) else name(value)
    return f"<td{_SIDE}>{shown}</td>"


def details(summary: str, content: str, *, kind: str = "numbers") -> str:
    """What is there for whoever asks. `kind` "numbers" is left out of print while it is closed; "more" keeps its summary."""
    return f'<details class="{kind}"><summary>{text(summary)}</summary>\n{content}\n</details>' if content else ""


def legend(*entries: tuple[str, str]) -> str:
    """What colours mean: (class of the colour, meaning)."""
    shown = "".join(f'<span><i class="{kind}"></i>{text(meaning)}</span>' for kind, meaning in entries)
    return f'<p class="legend">{shown}</p>'


class Bar(msgspec.Struct, frozen=True):
    """A row of bars: its label, the pieces it is made of (class of the colour, value, what is said of it), its figure, and a remark."""

    label: str
    pieces: tuple[tuple[str, int, str], ...]
    figure: str
    remark: str = ""


def bars(rows: Sequence[Bar], most: int | None = None, *, long: bool = False) -> str:
    """Horizontal bars, one below the other; `most` fills the width, by default the longest does. A share of a whole: `most` 0.

    On a narrow page, and where labels are `long`, each bar is below its label.
    """
    if most is None:
        most = max((sum(value for _, value, _ in row.pieces) for row in rows), default=0)
    shown = "\n".join(_bar(row, most or sum(value for _, value, _ in row.pieces)) for row in rows)
    kind = f"bars{' below' if long else ''}{'' if any(row.remark for row in rows) else ' plain'}"
    return f'<ul class="{kind}" role="list">\n{shown}\n</ul>' if rows else ""


def _bar(row: Bar, most: int) -> str:
    pieces = "".join(
        f'<i class="{kind}" style="width:{100 * value / most:.2f}%" title="{text(said)}"></i>' for kind, value, said in row.pieces if value
    )
    return (
        f'<li><span class="label">{name(row.label)}</span><span class="track" aria-hidden="true">{pieces}</span>'
        f'<span class="figure">{text(row.figure)}</span><span class="remark">{text(row.remark)}</span></li>'
    )


CSS = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #f6f7f9; --card: #fff; --dim: #57606a; --line: #d8dee4; --faint: #e9edf1;
  --main: #2f74c0; --band: #a9cbef; --good: #1d8a70; --bad: #d2521b; --other: #aeb6bf; --night: #40348f; --weekend: #e8a317;
  --day: #7fb0e3; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --card: #161b22; --dim: #9aa4af;
  --line: #30363d; --faint: #222933; --main: #6cb0f5; --band: #29507c; --good: #3fb597; --bad: #f0783c; --other: #59636e; --night: #ab9cf7;
  --weekend: #e0a52b; --day: #3d78b8; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 76rem; padding: 1.2rem 1rem 2.5rem; font: 1rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto,
  "Helvetica Neue", Arial, sans-serif; color: var(--ink); background: var(--paper); font-variant-numeric: tabular-nums; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0; text-wrap: balance; } h2 { font-size: 1.05rem; line-height: 1.3; margin: 0; }
h3 { font-size: .85rem; margin: 1rem 0 .3rem; }
h1, h2, h3, p, li, td, th, summary { overflow-wrap: anywhere; }
p { color: var(--dim); margin: .2rem 0; text-wrap: pretty; } small, .legend, .card > p { font-size: .85rem; }
.cards { margin-top: 1rem; } .card { margin-bottom: 1rem; break-inside: avoid; }
.pair { columns: 2; column-gap: 1rem; margin-bottom: 1rem; } .pair > .card:last-child { margin-bottom: 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.1rem; min-width: 0; }
.legend { margin: .6rem 0 0; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; }
.legend i { display: inline-block; width: .8rem; height: .8rem; margin-right: .4rem; vertical-align: -.08rem; border-radius: 2px; }
.bars { list-style: none; margin: .7rem 0 0; padding: 0; display: grid; grid-template-columns: fit-content(42%) 1fr auto auto;
  gap: .3rem .7rem; align-items: center; font-size: .875rem; line-height: 1.3; }
.bars li { display: contents; }
.track { display: flex; height: .95rem; min-width: 0; overflow: hidden; border-radius: 3px; }
.track i { min-width: 2px; } .track i + i { border-left: 1px solid var(--card); }
.figure, .remark { text-align: right; white-space: nowrap; } .remark { color: var(--dim); font-size: .8125rem; }
.plain .remark { display: none; } .plain .figure { grid-column: 3 / -1; } .below.plain .figure { grid-column: 2 / -1; }
.below { display: block; } .below li { display: grid; grid-template-columns: 1fr auto auto; gap: .1rem .6rem; align-items: baseline;
  margin-bottom: .45rem; } .below .track { grid-area: 2 / 1 / 3 / -1; height: .6rem; }
i.main { background: var(--main); } i.good { background: var(--good); } i.bad { background: var(--bad); }
i.other { background: var(--other); } i.night { background: var(--night); } i.weekend { background: var(--weekend); }
i.day { background: var(--day); }
i.band { background: var(--band); } i.faint { background: var(--line); }
details { margin-top: .8rem; font-size: .85rem; } summary { cursor: pointer; color: var(--dim); width: fit-content; padding: .15rem 0; }
.scroll { overflow-x: auto; margin-top: .5rem; }
table { border-collapse: collapse; font-size: .85rem; width: 100%; }
th, td { text-align: left; padding: .3rem .5rem; border-top: 1px solid var(--line); vertical-align: top; font-weight: normal; }
thead th { color: var(--dim); border-top: 0; vertical-align: bottom; } .n { text-align: right; }
th:first-child { padding-left: 0; min-width: 5rem; } .n { white-space: nowrap; } th:last-child, td:last-child { padding-right: 0; }
details th { white-space: nowrap; }
@media (max-width: 45rem) { body { padding: .9rem .7rem 2rem; } .pair { columns: 1; } .card { padding: .85rem .8rem; }
  .bars { display: block; } .bars li { display: grid; grid-template-columns: 1fr auto auto; gap: .1rem .6rem; align-items: baseline;
  margin-bottom: .45rem; } .track { grid-area: 2 / 1 / 3 / -1; height: .6rem; }
  .remark:empty { display: none; } .bars .figure:has(+ .remark:empty) { grid-column: 2 / -1; } }
@media print { @page { margin: 14mm; } :root { color-scheme: light; --paper: #fff; } * { print-color-adjust: exact;
  -webkit-print-color-adjust: exact; } body { padding: 0; font-size: 10.5pt; max-width: none; }
  details.numbers:not([open]) { display: none; } details.more > summary { list-style: none; } .scroll { overflow: visible; } }
"""
"""What all pages share: colours that people who see fewer of them tell apart (Okabe and Ito, darker or lighter for the paper), the same in
print as in the light, and figures of one width."""
