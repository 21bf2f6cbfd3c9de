"""A provider whose gateways are each in a mood of their own."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

from tests.servers import Answer, HttpServer, Request


class Moody(HttpServer):
    """A provider with several gateways, each in a mood of its own; it remembers what it answered to
    which message.
    """

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.moods: dict[str, Callable[[], Answer]] = {}
        self.answered: list[tuple[Request, Answer]] = []
        self._chance, self._lock, self._here = chance, threading.Lock(), threading.local()

    def record(self, thing: Request) -> int:
        self._here.request = thing
        return super().record(thing)

    def next_answer(self, path: str) -> Answer:
        answer = self.moods.get(path.split("/")[1], Answer)()
        with self._lock:
            self.answered.append((self._here.request, answer))
        return answer

    def change_mood(self, gateway: str) -> None:
        moods: list[Callable[[], Answer]] = [
            Answer,
            lambda: Answer(after=self._chance.uniform(0.1, 3.0)),
            lambda: Answer(trick="hang"),
            lambda: Answer(trick=self._chance.choice(["reset", "close"])),
            lambda: Answer(self._chance.choice([500, 503])),
            lambda: Answer(429, headers={"Retry-After": "1"}),
        ]
        if gateway == "b":
            moods.append(lambda: Answer(404))
        self.moods[gateway] = self._chance.choice(moods)
