"""The application as granian serves it, with every clock function of Python so many hours off."""

from __future__ import annotations

import datetime as dt
import os
import time

import time_machine
from flask import Response

from challenge.app import create_app

app = create_app()


@app.after_request
def tell(response: Response) -> Response:
    """Say what Python takes the time for, so that the storm can tell that it is wrong."""
    response.headers["X-Python-Clock"] = str(time.time())
    return response


time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=float(os.environ["STORM_HOURS"]))).start()
