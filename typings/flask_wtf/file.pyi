from collections.abc import Iterable

from werkzeug.datastructures import FileStorage
from wtforms import FileField as _FileField
from wtforms import MultipleFileField as _MultipleFileField

class FileField(_FileField):
    data: FileStorage | None

class MultipleFileField(_MultipleFileField):
    data: list[FileStorage] | None

class FileRequired:
    field_flags: dict[str, bool]
    def __init__(self, message: str | None = None) -> None: ...
    def __call__(self, form: object, field: object) -> None: ...

class FileAllowed:
    def __init__(self, upload_set: Iterable[str], message: str | None = None) -> None: ...
    def __call__(self, form: object, field: object) -> None: ...

class FileSize:
    def __init__(self, max_size: int, min_size: int = 0, message: str | None = None) -> None: ...
    def __call__(self, form: object, field: object) -> None: ...
