"""What a letter about a webhook may name: the webhook, whose it is, and where its page is."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session, joinedload

from challenge.messages import links
from challenge.messages.webhook_models import Webhook


def of_webhook(session: Session, webhook_id: int) -> dict[str, Any]:
    """The webhook with its programme or organization."""
    options = (joinedload(Webhook.programme), joinedload(Webhook.organization))
    webhook = session.get_one(Webhook, webhook_id, options=options)
    owner = (
        webhook.programme.slug
        if webhook.programme
        else str(webhook.organization and webhook.organization.ref)
    )
    kind = "programme" if webhook.programme else "organization"
    page = links.link("hooks.one", kind=kind, address=owner, ref=webhook.ref)
    return {"webhook": webhook, "webhook_page": page}
