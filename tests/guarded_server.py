"""A stand-in for vLLM: serves /health on a Unix socket under guard, with a helper process.

Run as `python guarded_server.py --uds PATH [--pids FILE] [BEHAVIOUR]`; BEHAVIOUR is "healthy",
"crash" (at once), "crash-later" (when PATH with the suffix .crash appears), "deaf" (ignores
SIGTERM) or "slow" (never healthy). FILE gets the process ids of the guard, the server and its
helper.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer

from askdocs_server.generation.process_guard import run_guarded


class Handler(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b'{"object": "list", "data": []}')

    def address_string(self) -> str:
        return "unix"


def serve(options: argparse.Namespace) -> None:
    if options.behaviour == "crash":
        print("INFO loading", "ValueError: the model is broken", sep="\n", flush=True)
        os._exit(1)
    if options.behaviour == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if options.behaviour == "slow":
        print("INFO half way", flush=True)
        Handler.status = 503
    helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    if options.pids:
        partial = options.pids.with_suffix(".partial")
        partial.write_text(f"{os.getppid()} {os.getpid()} {helper.pid}")
        partial.rename(options.pids)
    crash = options.uds.with_suffix(".crash")
    with UnixStreamServer(str(options.uds), Handler) as server:
        server.timeout = 0.05
        while not (options.behaviour == "crash-later" and crash.exists()):
            server.handle_request()
    crash.unlink()
    print("RuntimeError: it fell over", flush=True)
    os._exit(1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--uds", type=Path, required=True)
    parser.add_argument("--pids", type=Path)
    parser.add_argument("behaviour", nargs="?", default="healthy")
    options = parser.parse_args()
    run_guarded(lambda: serve(options), remove=options.uds)


if __name__ == "__main__":
    main()
