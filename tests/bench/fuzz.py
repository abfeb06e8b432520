"""Throws damaged documents at every reader, guided by what they make it execute (atheris).

    make fuzz [SECONDS=60] [FORMATS="md adoc"]

Each format runs in a process of its own, from the documents in tests/readers/golden on. It fails
where a reader raises anything but ReadError, gives lines outside of the document, or takes longer
than ten seconds for an input, and leaves that input behind in artifacts/fuzz.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from askdocs_indexer.errors import ReadError

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/readers/golden"
ARTIFACTS = ROOT / "artifacts/fuzz"
SOURCES = ("py", "ts", "go", "rs", "java", "kt", "cpp", "cs", "php", "rb")
SLOWEST_SECONDS = 10
LONGEST = 4096


def fuzz_one(suffix: str, arguments: list[str]) -> None:
    """Fuzz a format until libFuzzer's limits are reached; it ends the process itself."""
    import atheris

    with atheris.instrument_imports(include=["askdocs_indexer"]):
        from askdocs_indexer.ingest.chunker import chunks_of
        from askdocs_indexer.ingest.formats import reader_for
        from askdocs_indexer.readers.decoding import decode, lines_of
        from askdocs_indexer.symbols.facts import read_facts

    path = f"docs/page.{suffix}"
    reader = reader_for(path)
    assert reader is not None, f"nothing reads .{suffix}"

    def read(data: bytes) -> None:
        try:
            text = decode(data)
            sections = reader(text, path, lambda target: "Included.\n\n# Head\n")
        except ReadError:
            return
        read_facts(path, text)
        count = len(lines_of(text))
        for chunk in chunks_of(path, sections, 900):
            assert 1 <= chunk.start_line <= chunk.end_line <= count, chunk

    atheris.Setup([sys.argv[0], *arguments], read)
    atheris.Fuzz()


def formats() -> list[str]:
    """Return the suffixes of all documents and of one source of each language."""
    from askdocs_indexer.ingest.formats import DOCUMENT_SUFFIXES

    return [*(suffix.removeprefix(".") for suffix in DOCUMENT_SUFFIXES), *SOURCES]


def main() -> int:
    """Fuzz each format in turn; returns how many failed."""
    parser = argparse.ArgumentParser(description="Throw damaged documents at every reader.")
    parser.add_argument("formats", nargs="*")
    parser.add_argument("--seconds", type=int, default=60, help="for each format")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options, rest = parser.parse_known_args()
    if options.one:
        fuzz_one(options.one, rest)
    failed = []
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    for suffix in options.formats or formats():
        with TemporaryDirectory() as corpus:
            for number, file in enumerate(sorted(GOLDEN.glob(f"*.{suffix}"))):
                (Path(corpus) / str(number)).write_bytes(file.read_bytes())
            limits = [f"-max_total_time={options.seconds}", f"-timeout={SLOWEST_SECONDS}"]
            limits += [f"-max_len={LONGEST}", f"-artifact_prefix={ARTIFACTS}/{suffix}-"]
            command = [sys.executable, "-m", "tests.bench.fuzz", "--one", suffix, *limits, corpus]
            run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        last = [line for line in run.stderr.splitlines() if line.startswith(("#", "Done"))][-1:]
        print(
            f"{suffix:9} {'ok' if run.returncode == 0 else 'FAILED'}  {' '.join(last)}", flush=True
        )
        if run.returncode:
            failed.append(suffix)
            print("\n".join(line for line in run.stderr.splitlines() if line[:1] != "#")[-3000:])
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
