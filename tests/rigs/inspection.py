"""Looks at a page as a careful reader would: does it fit, is it in the reader's language, can all use it."""

from __future__ import annotations

import json
from functools import cache

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = {"serious", "critical"}

_WIDER = """
() => {
  const width = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= width) return []
  const held = node => {
    for (let up = node.parentElement; up && up !== document.body; up = up.parentElement)
      if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(up).overflowX)) return true
    return false
  }
  return [...document.body.querySelectorAll('*')]
    .map(node => [node, Math.round(node.getBoundingClientRect().right)])
    .filter(([node, right]) => right > width + 1 && !held(node))
    .slice(0, 5)
    .map(([node, right]) => `${node.tagName.toLowerCase()}.${node.className}: ${right}`)
    .concat(`page: ${document.documentElement.scrollWidth} > ${width}`)
}
"""

# Visible texts and spoken labels, each with the language it is said to be in.
_TEXTS = """
() => {
  const texts = []
  const language = node => node.closest('[lang]')?.lang ?? ''
  const shown = node => node.checkVisibility({visibilityProperty: true})
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.replace(/\\s+/g, ' ').trim()
    const around = walker.currentNode.parentElement
    if (text && shown(around) && !around.closest('script,style,code,pre,kbd,[translate=no]'))
      texts.push([text, language(around)])
  }
  for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
    for (const node of document.body.querySelectorAll(`[${name}]`))
      if (shown(node) && node.getAttribute(name)) texts.push([node.getAttribute(name), language(node)])
  texts.push([document.title, document.documentElement.lang])
  return texts
}
"""


def overflow(page: Page) -> list[str]:
    """What makes the page wider than its window; nothing if it fits."""
    found: list[str] = page.evaluate(_WIDER)
    return found


def untranslated(page: Page) -> list[str]:
    """Texts of the product in another language than the page's.

    On a Chinese page: what is in the catalogue as English. On an English page: Chinese that is not marked by
    `lang` as the other language (a need that was written in Chinese only says so).
    """
    texts: list[tuple[str, str]] = page.evaluate(_TEXTS)
    chinese_page = page.evaluate("document.documentElement.lang").startswith("zh")
    if chinese_page:
        return sorted({text for text, lang in texts if lang.startswith("zh") and text in _english()})
    return sorted({text for text, lang in texts if lang.startswith("en") and _is_chinese(text)})


def grave_faults(page: Page, *ignored: str) -> list[str]:
    """The serious and critical findings of axe, one line for each place; `ignored` names rules."""
    options = {"resultTypes": ["violations"], "rules": {name: {"enabled": False} for name in ignored}}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {json.dumps(place['target'])} {place['html'][:120]}"
        for rule in found
        if rule["impact"] in GRAVE
        for place in rule["nodes"]
    ]


def faults(page: Page) -> list[str]:
    """Everything that is wrong with the page, each line with its address."""
    page.wait_for_load_state("load")  # with its style sheets
    found = [
        *(f"too wide: {line}" for line in overflow(page)),
        *(f"not translated: {text}" for text in untranslated(page)),
        *(f"axe: {line}" for line in grave_faults(page)),
    ]
    return [f"{page.url}: {line}" for line in found]


@cache
def _english() -> frozenset[str]:
    """Every English text of the product whose Chinese is another."""
    from tools.messages import chinese

    return frozenset(
        message.id
        for message in chinese()
        if isinstance(message.id, str) and message.id and message.string not in ("", message.id)
    )


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)
