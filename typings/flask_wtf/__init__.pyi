# What the product uses of Flask-WTF, which carries no types of its own.
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from wtforms import Form
from wtforms.fields import Field, HiddenField

from flask_wtf.csrf import CSRFProtect as CSRFProtect

class FlaskForm(Form):
    csrf_token: HiddenField
    # Forms of ours hand on whatever they were given.
    def __init__(self, *args: object, **kwargs: object) -> None: ...
    def is_submitted(self) -> bool: ...
    def validate_on_submit(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool: ...
    def hidden_tag(self, *fields: str | Field) -> Markup: ...
