"""What the frame of every page puts together once: addresses and phrases."""

from __future__ import annotations

from flask import Flask, render_template_string

from tests.rigs.application import Visitor


def test_addresses_follow_where_the_site_is_mounted(client: Visitor) -> None:
    for mounted in ("", "/site", ""):
        page = client.get("/rules", environ_overrides={"SCRIPT_NAME": mounted}).text
        assert f'href="{mounted}/verify"' in page
        assert f'href="{mounted}/static/css/tokens.css' in page


def test_a_phrase_is_filled_in_and_escaped_however_often_it_was_asked_for(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        for name in ("<b>", "Ada"):
            drawn = render_template_string(
                "{{ _('%(name)s & <i>more</i>', name=name) }} {{ _('100 %% <i>sure</i>') }}", name=name
            )
            assert drawn == f"{'&lt;b&gt;' if name == '<b>' else name} & <i>more</i> 100 % <i>sure</i>"
