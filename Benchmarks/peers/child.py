"""A process that answers requests, one JSON object a line: `unfold bench --requests`, or peer.py."""

from __future__ import annotations

import json
import os
import subprocess


class ChildError(RuntimeError):
    """The process answered a request with an error."""


class ChildEnded(SystemExit):
    """The process has ended, which ends the comparison too where nobody expects it."""


class Child:
    """The process. It runs from the first request to `close`, and is idle between requests."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None):
        self.command = command
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}
        )

    def ask(self, **request) -> dict:
        """Sends a request and returns the answer. Raises if it is an error, or if the process has ended."""
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise ChildEnded(f"compare: {self.command[0]} ended with {self.process.wait()} at {json.dumps(request)}")
        answer = json.loads(line)
        if "error" in answer:
            raise ChildError(answer["error"])
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_):
        self.close()
