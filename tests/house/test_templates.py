"""Templates under a strict content policy: no inline style, script or handler, every word translated."""

from __future__ import annotations

import re

from tests.house import tree

TEMPLATES = "templates/"
# A letter is read in a mail program, which takes neither style sheets nor scripts from a server.
LETTERS = TEMPLATES + "mail/"
# What stands alone as a word in every language.
UNTRANSLATED = {
    "challenge",
    "CSV",
    "JSON",
    "PDF",
    "SHA-256",
    "Ed25519",
    "TRL",
    "UTC",
    "Atom",
    "RSS",
    "DOI",
} | {
    "Tab",
    "Ctrl",
    "Enter",
}

POSTING = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.DOTALL | re.IGNORECASE)
# These blocks fill attributes, not text.
ATTRIBUTES = re.compile(r"\{%-?\s*block (?:accent|body_class|frame)\b.*?endblock\s*-?%\}", re.DOTALL)
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SILENT = re.compile(r"<(script|style|svg|code|pre)\b.*?</\1>|<!--.*?-->|<[^>]*>|&\w+;", re.DOTALL)
SPOKEN = re.compile(r"""\b(?:alt|aria-label|placeholder|title)="([^"{]*)\"""")
WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]{2,}")


def _pages() -> list[str]:
    return [name for name in tree.under(TEMPLATES, ending=".html") if not name.startswith(LETTERS)]


def test_there_are_templates() -> None:
    assert _pages()


def test_no_template_styles_inline() -> None:
    assert tree.lines_with(r"<style\b|[\s\"']style\s*=", _pages()) == []


def test_no_template_scripts_inline() -> None:
    assert tree.lines_with(r"<script(?![^>]*\bsrc=)|[\s\"']on[a-z]{3,}\s*=|javascript:|hx-on", _pages()) == []


def test_no_template_switches_escaping_off() -> None:
    assert tree.lines_with(r"\|\s*safe\b|autoescape\s+false|Markup\(", tree.under(TEMPLATES)) == []


def test_every_page_that_posts_carries_its_token() -> None:
    bare = [
        f"{name}: {form[:80]}"
        for name in _pages()
        for form in POSTING.findall(tree.text(name))
        if not re.search(r"csrf|hidden", form)
    ]
    assert bare == []


def test_no_word_stands_outside_the_catalogue() -> None:
    bare = [f"{name}: {word}" for name in _pages() for word in _bare_words(tree.text(name))]
    assert bare == []


def _bare_words(source: str) -> list[str]:
    markup = JINJA.sub("", ATTRIBUTES.sub("", source))
    spoken = " ".join(SPOKEN.findall(markup))
    return [word for word in WORD.findall(SILENT.sub(" ", markup) + " " + spoken) if word not in UNTRANSLATED]
