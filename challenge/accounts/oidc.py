"""Talking to a provider (OpenID Connect by Authlib): the way there, and who came back.

Code flow with PKCE, a nonce and a state that works once. Everything that a provider may do wrong ends as a
refusal in words: `provider_away`, `provider_issuer`, `provider_token`, `provider_state`, `provider_denied`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from flask import current_app, request, session
from werkzeug.wrappers import Response

from challenge.accounts.identities import MOST_SUBJECT, Known
from challenge.accounts.people import NAME_LENGTH
from challenge.rules.errors import Away, Malformed, NotFound, Refused
from challenge.rules.providers import Provider

if TYPE_CHECKING:
    from authlib.integrations.flask_client import FlaskOAuth2App

PATIENCE = (3.05, 8)  # seconds to connect, and to wait for an answer
FRESH = 3600  # seconds that what a provider says of itself is believed
# Signed by the provider's own key. `none`, and what a client's secret signs, is never taken.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
MOST_ADDRESS = 255


def provider(name: str) -> Provider:
    """A provider of the settings; raises NotFound."""
    found = next((each for each in providers() if each.name == name), None)
    if found is None:
        raise NotFound
    return found


def providers() -> tuple[Provider, ...]:
    """Those of the settings, in their order."""
    settings = current_app.config["SETTINGS"]
    return tuple(settings.sign_in_by)


def send(which: Provider, back: str, **asked: str) -> tuple[Response, str]:
    """The redirect to the provider, and the state that its answer will name. `back` is our address."""
    for old in [key for key in session if key.startswith("_state_")]:
        session.pop(old)  # only the newest try can come back, and the cookie stays small
    client = _client(which)
    redirect = _careful(which, lambda: client.authorize_redirect(back, **asked))
    state = next(key for key in session if key.startswith("_state_")).rpartition("_")[2]
    return redirect, state


def received(which: Provider) -> Known:
    """Who came back: the answer in this request, checked and exchanged."""
    if request.args.get("error"):
        raise Refused("provider_denied")
    told = request.args.get("iss")  # RFC 9207: whose answer this is
    if told is not None and told.rstrip("/") != which.issuer:
        raise Malformed("provider_issuer")
    client = _client(which)
    token = _careful(which, lambda: _checked(client))
    claims = dict(token.get("userinfo") or {})
    if not claims.get("sub"):
        raise Malformed("provider_token")
    if not claims.get("email") and client.load_server_metadata().get("userinfo_endpoint"):
        more = dict(_careful(which, lambda: client.userinfo(token=token)))
        if more.get("sub") == claims["sub"]:
            claims = {**more, **claims}
    return known(which, claims)


def known(which: Provider, claims: dict[str, Any]) -> Known:
    """What we take from a provider's claims: nothing that is not text, nothing that is too long."""
    subject = str(claims["sub"])
    if len(subject) > MOST_SUBJECT:
        raise Malformed("provider_token")
    address = _text(claims.get("email"), MOST_ADDRESS)
    name = _text(claims.get("name"), NAME_LENGTH) or " ".join(
        filter(None, (_text(claims.get(part), 40) for part in ("given_name", "family_name")))
    )
    verified = claims.get("email_verified") is True and bool(address)
    return Known(which.name, which.issuer, subject, address, verified, name)


def _text(value: object, most: int) -> str:
    text = "".join(letter for letter in str(value) if letter.isprintable()) if isinstance(value, str) else ""
    return text.strip() if len(text.strip()) <= most else ""


def _checked(client: FlaskOAuth2App) -> dict[str, Any]:
    """The tokens for this request's code; without an identity token there are none."""
    from authlib.integrations.base_client import OAuthError

    token: dict[str, Any] = client.authorize_access_token()
    if not token.get("userinfo"):
        raise OAuthError("no_id_token")
    return token


def _client(which: Provider) -> FlaskOAuth2App:
    """The client for a provider whose own words about itself fit our settings; made anew once an hour."""
    from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App

    clients: dict[str, tuple[float, FlaskOAuth2App]]
    clients = current_app.extensions.setdefault("oidc_clients", {})
    made_at, client = clients.get(which.name, (-FRESH, None))
    if client is not None and time.monotonic() - made_at < FRESH:
        return client
    client = FlaskOAuth2App(
        FlaskIntegration(which.name),
        which.name,
        client_id=which.client_id,
        client_secret=which.client_secret or None,
        server_metadata_url=f"{which.issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": which.scope,
            "code_challenge_method": "S256",
            "default_timeout": PATIENCE,
            **({} if which.client_secret else {"token_endpoint_auth_method": "none"}),
        },
    )
    said = _careful(which, client.load_server_metadata)
    fits = str(said.get("issuer", "")).rstrip("/") == which.issuer
    if not fits or not all(which.trusts(str(said.get(endpoint, ""))) for endpoint in ENDPOINTS):
        raise Malformed("provider_issuer")
    offered = said.get("id_token_signing_alg_values_supported") or ["RS256"]
    said["id_token_signing_alg_values_supported"] = [each for each in ALGORITHMS if each in offered]
    clients[which.name] = (time.monotonic(), client)
    return client


def _careful(which: Provider, ask: Any) -> Any:
    """Ask a provider; whatever goes wrong is a refusal, and one line of the log without any token."""
    from authlib.integrations.base_client import MismatchingStateError, OAuthError
    from joserfc.errors import JoseError
    from requests import RequestException

    try:
        return ask()
    except MismatchingStateError:
        raise Malformed("provider_state") from None
    except RequestException as error:
        current_app.logger.warning("sign-in by %s: %s", which.name, type(error).__name__)
        raise Away("provider_away") from None
    except (OAuthError, JoseError, ValueError, KeyError, TypeError) as error:
        current_app.logger.warning("sign-in by %s: %s", which.name, type(error).__name__)
        raise Malformed("provider_token") from None
