"""A planner page in a process of its own, and requests to it as a program makes them."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.functional.conftest import SUASION


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True)
class Page:
    """A running page: its address, and the process."""

    address: str
    process: subprocess.Popen[str]

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request; a redirection is not followed."""
        connection = http.client.HTTPConnection(self.host, timeout=120)
        try:
            connection.putrequest(method, path, skip_host=True)
            told = {"Host": self.host, **(headers or {})}
            if body is not None:
                told |= {
                    "Content-Length": str(len(body)),
                    "Content-Type": "application/x-www-form-urlencoded",
                }
            for name, value in told.items():
                connection.putheader(name, value)
            connection.endheaders(None if body is None else body.encode())
            found = connection.getresponse()
            names = {name.lower(): value for name, value in found.getheaders()}
            return Answer(found.status, names, found.read().decode())
        finally:
            connection.close()

    def stop(self) -> int:
        """Press Ctrl-C, and wait."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


@contextmanager
def planner(project: Path, *arguments: object) -> Iterator[Page]:
    """`suasion planner` on a free port, ready to be asked."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW")}
    process = subprocess.Popen(
        [SUASION, "planner", "data", "--scores", "scored", "--port", "0", *map(str, arguments)],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said = []
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if line.startswith("Planner: "):
                break
        else:
            raise AssertionError("".join(said))
        yield Page(line.split()[1], process)
    finally:
        process.kill()
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()
