"""The page's addresses: all are read with GET, none changes anything."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exprlearn.errors import (
    DivisionByZero,
    EncodingError,
    EvaluationError,
    ExpressionSyntaxError,
    ExpressionTooLarge,
    ExprLearnError,
    NotAnInteger,
)
from exprlearn.inline import finite
from exprlearn.playground.run_documents import MOST_CHARACTERS, Asker, find_run, run_document, run_folders
from exprlearn.playground.watch import Watch
from exprlearn.report.scripts import vega_script
from exprlearn.visible import visible_values

if TYPE_CHECKING:
    from exprlearn.plugin.manager import Plugins

# Names that this machine is called by; any other is somebody else's name for this address.
HOSTS = ["127.0.0.1", "localhost"]
# In seconds: how often a run folder is looked at, and how long a watcher hears nothing at most.
PAUSE, SILENCE = 0.5, 15.0
SCRIPT, STYLE = "text/javascript", "text/css"

# What every answer says about security.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
OWN = (b"same-origin", b"none")
# What is said when a question is refused, in words for pupils.
QUESTIONS: dict[type[Exception], str] = {
    DivisionByZero: "Nothing can be divided by zero.",
    NotAnInteger: "The exact answer is no whole number, and this run answers with whole numbers alone.",
    ExpressionTooLarge: f"That is too long or too large: a question here has at most {MOST_CHARACTERS} characters.",
    EvaluationError: "That has no exact answer.",
    EncodingError: "This run cannot read that: it is too long, or holds a sign or a number that it has not learned.",
}

Answering = Callable[[Request], Awaitable[Response]]


def application(runs: Path, plugins: Plugins | None = None, first: str | None = None) -> Starlette:
    """Make the application.

    Args:
        runs: the folder of run folders.
        plugins: the plugins to choose components from; None loads what is installed.
        first: name of the run that the page begins with; None takes the newest.
    """
    asker = Asker(plugins)

    def listed(request: Request) -> dict[str, Any]:
        return {"runs": list(run_folders(runs)), "first": first}

    def shown(request: Request) -> dict[str, Any]:
        return run_document(find_run(runs, request.path_params["name"]))

    def answered(request: Request) -> dict[str, Any]:
        return asker.ask(find_run(runs, request.path_params["name"]), request.query_params.get("expression", ""))

    async def events(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in run_folders(runs):
            return JSONResponse(missing(name), status_code=404)
        return StreamingResponse(watched(Watch(find_run(runs, name))), media_type="text/event-stream")

    routes = [
        Route("/", _text("playground", "playground.html", "text/html")),
        Route("/page.css", _text("report", "page.css", STYLE)),
        Route("/playground.css", _text("playground", "playground.css", STYLE)),
        Route("/vega.js", _vega),
        Route("/drawing.js", _text("report", "drawing.js", SCRIPT)),
        Route("/playground.js", _text("playground", "playground.js", SCRIPT)),
        Route("/favicon.ico", _no_icon),
        Route("/api/runs", _json(listed, runs, "listed")),
        Route("/api/runs/{name}", _json(shown, runs, "shown")),
        Route("/api/runs/{name}/answer", _json(answered, runs, "asked")),
        Route("/events/{name}", events),
    ]
    return Starlette(
        routes=routes, middleware=[Middleware(Guard), Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)]
    )


async def watched(watch: Watch, pause: float = PAUSE) -> AsyncIterator[str]:
    """Yield what happens to a run as server-sent events, until its training is over or its folder is gone."""
    waited = 0.0
    while True:
        # Asked first: what is written until then is among the news.
        is_over = watch.is_over()
        news = await run_in_threadpool(watch.news)
        if not watch.folder.is_dir():
            yield _event("gone", missing(watch.folder.name))
            return
        if news is not None:
            waited = 0.0
            yield _event("epochs", news)
        if is_over:
            yield _event("over", {})
            return
        if waited >= SILENCE:
            waited = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(pause)
        waited += pause


def _event(name: str, document: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(visible_values(finite(document)), allow_nan=False)}\n\n"


def _json(answer: Callable[[Request], dict[str, Any]], runs: Path, doing: str) -> Answering:
    """Answer with a JSON document; expected failures are one too."""

    async def answering(request: Request) -> Response:
        name = request.path_params.get("name")
        try:
            return JSONResponse(visible_values(finite(await run_in_threadpool(answer, request))))
        except (ExprLearnError, OSError) as error:
            # A folder may vanish while it is read.
            if name is not None and name not in run_folders(runs):
                return JSONResponse(visible_values(missing(name)), status_code=404)
            # Not as a failed request, which browsers write to their console: a mistyped expression is no fault.
            return JSONResponse(visible_values(refusal(error, str(name), doing)))

    return answering


def _text(room: str, name: str, media_type: str) -> Answering:
    async def answering(request: Request) -> Response:
        text = files(f"exprlearn.{room}").joinpath(name).read_text(encoding="utf-8")
        return Response(text, media_type=media_type)

    return answering


async def _vega(request: Request) -> Response:
    return Response(await run_in_threadpool(vega_script), media_type=SCRIPT)


async def _no_icon(request: Request) -> Response:
    return Response(status_code=204)


class Guard:
    """Adds the headers to what `app` answers, and refuses what another site's page asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        # Browsers say where a request comes from; whatever else asks from this machine says nothing.
        site = dict(scope["headers"]).get(b"sec-fetch-site", b"none")
        refused = site not in OWN
        app = PlainTextResponse("asked by a page of another site\n", status_code=403) if refused else self.app
        await app(scope, receive, send_guarded)


def refusal(error: Exception, name: str, doing: str) -> dict[str, str]:
    """Say why a question is refused, or a run that was to be "shown" or "asked"; there with what exprlearn says of it.

    >>> refusal(DivisionByZero("'1/0' divides by zero"), "mixed-1", "asked")
    {'error': 'Nothing can be divided by zero.'}
    """
    if isinstance(error, ExpressionSyntaxError):
        return {"error": f"“{error.expression}” is no calculation. Write numbers, + - * / and round brackets."}
    for kind, sentence in QUESTIONS.items():
        if isinstance(error, kind):
            return {"error": sentence}
    sentence = f"The run {name} cannot be {doing}: a file of it is missing or damaged, or is not there yet."
    return {"error": sentence, "detail": str(error)}


def missing(name: str) -> dict[str, str]:
    """Say that a run is not there.

    >>> missing("mixed-1")
    {'error': 'There is no run mixed-1 here, or no more.'}
    """
    return {"error": f"There is no run {name[:80]} here, or no more."}
