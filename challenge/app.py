"""create_app: settings, database, accounts, doors, error pages. The highest floor."""

from __future__ import annotations

import io
from inspect import iscoroutinefunction
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, request
from flask_login import user_logged_in, user_logged_out
from flask_wtf import CSRFProtect
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map, ValidationError
from werkzeug.utils import cached_property

from challenge import api
from challenge.accounts import security
from challenge.base import i18n, logs, requests
from challenge.base.db import db, engine_options, let_go, tune
from challenge.base.session import forget_actor
from challenge.web import context, doors, lighter, limits, looking, measures, proofs, rooms, words
from config import Settings

ROOT = Path(__file__).resolve().parent.parent
CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
MOST_NUMBER = 2**63 - 1
MONITORED = ("/health", "/healthz", "/readyz", "/metrics")
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class _Request(Request):
    """A request whose form never touches the disk; the upload door reads its own stream.

    The zero that no database keeps is left out of what was typed.
    """

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """What the address asks for."""
        return _without_zeros(super().args)

    def _load_form_data(self) -> None:
        super()._load_form_data()
        self.__dict__["form"] = _without_zeros(self.__dict__["form"])

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()


class _Number(IntegerConverter):
    """A number in an address: never more than a column of a table can hold."""

    def __init__(self, map_: Map, **limits: Any) -> None:
        super().__init__(map_, **{"max": MOST_NUMBER, **limits})

    def to_python(self, value: str) -> Any:
        """The number; an address with too many digits is nobody's."""
        if len(value) > len(str(MOST_NUMBER)):
            raise ValidationError
        return super().to_python(value)


def _without_zeros(values: MultiDict[str, str]) -> MultiDict[str, str]:
    if not any("\0" in name or "\0" in value for name, value in values.items(multi=True)):
        return values
    return ImmutableMultiDict(
        (name.replace("\0", ""), value.replace("\0", "")) for name, value in values.items(multi=True)
    )


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings (by default the environment's, which must be without fault)."""
    settings = settings or Settings.from_env()
    logs.configure(settings.mode, settings.log_format)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    app = Flask(
        __name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "challenge" / "static")
    )
    app.request_class = _Request
    app.url_map.converters["int"] = _Number
    app.config.update(_flask_config(settings))
    requests.install(app, believe=settings.trusted_proxies > 0)
    db.init_app(app)
    _without_async_sessions(app)
    app.teardown_appcontext(let_go)
    with app.app_context():
        tune(db.engine)
    i18n.babel.init_app(app, locale_selector=i18n.current_locale)
    csrf = CSRFProtect(app)
    security.init_security(app, web_workers=settings.web_workers)
    for signal in (user_logged_in, user_logged_out):
        signal.connect(_forget, app)
    context.install(app)
    rooms.open_all(app)
    api.install(app, csrf, api.Words(words.say, words.say_status, words.title))
    doors.install(app, {**rooms.all_routes(), **api.ROUTES})
    looking.install(app)
    # Mail programs click once, without having seen a page: the link itself proves who asks (RFC 8058).
    csrf.exempt(app.view_functions["public.unsubscribe"])
    csrf.exempt(app.view_functions["account.stop_letters"])
    for part in (limits, measures, proofs, lighter):
        part.install(app)
    app.after_request(_headers)
    if settings.secure_cookies:
        app.after_request(_strict_transport)
    _surround(app, settings)
    _commands(app)
    return app


def _surround(app: Flask, settings: Settings) -> None:
    """What stands before the application: the proxies that are trusted, and the pages of monitors."""
    inner = _monitored(app.wsgi_app, settings.base_url)
    if hops := settings.trusted_proxies:
        inner = ProxyFix(inner, x_for=hops, x_proto=hops, x_host=hops)
    app.wsgi_app = inner  # type: ignore[method-assign]


def _monitored(inner: Any, base_url: str) -> Any:
    """Let monitors ask by the address of the machine: for their pages alone the Host header says nothing."""
    host = urlsplit(base_url).netloc

    def answer(environ: dict[str, Any], start: Any) -> Any:
        if environ.get("PATH_INFO") in MONITORED:
            environ["HTTP_HOST"] = host
        return inner(environ, start)

    return answer


def _without_async_sessions(app: Flask) -> None:
    """There are none to close, and closing them starts an event loop after every request (0.27 ms)."""
    app.teardown_appcontext_funcs[:] = [
        teardown for teardown in app.teardown_appcontext_funcs if not iscoroutinefunction(teardown)
    ]


def _flask_config(settings: Settings) -> dict[str, Any]:
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.mode == "test",
        "SQLALCHEMY_ENGINES": {"default": engine_options(settings.database_url, settings.pool_size)},
        "ACTOR_LOADER": looking.actor_of,
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,  # ordinary forms; the upload door reads its own stream
        "MAX_FORM_PARTS": 2000,
        # In production only the public address is answered to; what a Host header says is never believed.
        "TRUSTED_HOSTS": [urlsplit(settings.base_url).hostname] if settings.mode == "prod" else None,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
        "BABEL_DEFAULT_LOCALE": settings.default_locale,
        "TEMPLATES_AUTO_RELOAD": settings.mode == "dev",
        **security.security_config(secure_cookies=settings.secure_cookies, salt=settings.password_salt),
        **settings.flask,
    }


def _forget(_sender: Flask, **_kwargs: Any) -> None:
    forget_actor()


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers and request.endpoint != "static":
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def _strict_transport(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def _commands(app: Flask) -> None:
    from challenge.cli import register

    register(app)
