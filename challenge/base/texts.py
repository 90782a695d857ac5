"""Texts that people write: Markdown in, sanitised HTML out. No raw HTML of a person reaches a page."""

from __future__ import annotations

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {
    *("p", "br", "hr", "strong", "em", "b", "i", "u", "s", "sub", "sup", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "dl", "dt", "dd", "h3", "h4", "h5", "h6", "a"),
    *("table", "thead", "tbody", "tr", "th", "td", "caption"),
}
ATTRIBUTES = {"a": {"href", "title"}, "th": {"colspan", "rowspan", "scope"}, "td": {"colspan", "rowspan"}}
SCHEMES = {"http", "https", "mailto"}
SHORT = 4_000  # characters of a text that is kept ready
_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    url_schemes=SCHEMES,
    link_rel="noopener nofollow ugc",
    strip_comments=True,
)
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")


def clean_html(html: str) -> str:
    """HTML from outside with only harmless tags left; headings start below the page's own."""
    for high, low in (("h1", "h3"), ("h2", "h3")):
        html = html.replace(f"<{high}", f"<{low}").replace(f"</{high}>", f"</{low}>")
    return _cleaner.clean(html)


def markdown(text: str | None) -> Markup:
    """Markdown as safe HTML; headings start at h3."""
    if not text:
        return Markup("")
    return _ready(text) if len(text) <= SHORT else _made(text)


def _made(text: str) -> Markup:
    return Markup(clean_html(_markdown.render(text)))  # noqa: S704 - sanitised in this line


# What a judge reads beside each card, or a team beside each field, is drawn once and not a hundred times.
_ready = lru_cache(maxsize=256)(_made)
