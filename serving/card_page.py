"""A model card as a page: Markdown, and HTML that asks for nothing from elsewhere."""

from __future__ import annotations

import re
from html import escape

from serving.card import Card, Grid, Section

STYLE = """
:root { color-scheme: light dark; --ink: #1c2330; --dim: #5a6472; --line: #d5dae1;
  --paper: #ffffff; --band: #f4f6f8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --dim: #9aa5b4; --line: #39424f;
  --paper: #14181e; --band: #1c222a; } }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; background: var(--paper);
  color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .5rem; }
p { max-width: 46rem; }
li { max-width: 46rem; margin: .3rem 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .9rem .35rem .5rem;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--dim); font-weight: 600; background: var(--band); }
td { font-variant-numeric: tabular-nums; }
"""

_MARKS = re.compile(r"([\\`*<>\[\]|#])")


def markdown_page(card: Card) -> str:
    """The card in Markdown; what could be read as markup is escaped."""
    parts = [f"# {_plain(card.title)}"]
    for section in card.sections:
        parts.append(f"## {_plain(section.title)}")
        parts += [_plain(paragraph) for paragraph in section.text]
        if section.grid is not None:
            parts.append(_markdown_table(section.grid))
        if section.points:
            parts.append("\n".join(f"- {_plain(point)}" for point in section.points))
    return "\n\n".join(parts) + "\n"


def _markdown_table(grid: Grid) -> str:
    rows = [[_plain(cell) for cell in row] for row in (grid.head, *grid.rows)]
    rows.insert(1, ["---"] * len(grid.head))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def html_page(card: Card) -> str:
    """The card as one HTML file: its style inside, no script, nothing fetched, all text escaped."""
    body = "\n".join(_html_section(section) for section in card.sections)
    title = escape(card.title)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _html_section(section: Section) -> str:
    parts = [f"<section>\n<h2>{escape(section.title)}</h2>"]
    parts += [f"<p>{escape(paragraph)}</p>" for paragraph in section.text]
    if section.grid is not None:
        parts.append(_html_table(section.grid))
    if section.points:
        points = "\n".join(f"<li>{escape(point)}</li>" for point in section.points)
        parts.append(f"<ul>\n{points}\n</ul>")
    return "\n".join([*parts, "</section>"])


def _html_table(grid: Grid) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in grid.head)
    rows = "\n".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in grid.rows
    )
    named = f"<thead><tr>{head}</tr></thead>\n" if any(grid.head) else ""
    return f'<div class="wide"><table>\n{named}<tbody>\n{rows}\n</tbody></table></div>'
