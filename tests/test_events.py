"""Every kind of change on a real, watched folder: the index must come to equal a clean rebuild."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from operator import attrgetter
from pathlib import Path

import pytest
from tests.index_harness import Harness, contents, differences, expected, until
from watchdog.observers import inotify_c
from watchdog.observers.inotify import InotifyObserver
from watchdog.observers.polling import PollingObserver

from askdocs_indexer.ingest.watcher import Watcher
from askdocs_indexer.paths import index_folder

SECTIONS = "".join(f"## Part {number}\n\nAbout topic{number}.\n\n" for number in range(5))


def page(word: str) -> str:
    return f"# Page\n\nIt tells of {word}.\n\n{SECTIONS}"


@pytest.fixture(scope="module")
def empty_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an index without documents: to make one takes two seconds, to copy it none."""
    folder = tmp_path_factory.mktemp("empty")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        (folder / "root").mkdir()
        index = Harness(folder / "root").index
        index.open()
        index.close()
        return index_folder(index.root)


@pytest.fixture
def harness(
    tmp_path: Path, empty_index: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Harness]:
    """A folder `root` with some documents, indexed but not yet watched, beside a free `outside`."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "root").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "far.md").write_text(page("far"))
    harness = Harness(tmp_path / "root")
    harness.write("page.md", page("horses"))
    harness.write("guide/one.md", page("one"))
    harness.write("guide/deep/two.md", page("two"))
    harness.write("api.md", "# API\n\n## `os.path.join(a, b)`\n\nJoin paths.\n")
    shutil.copytree(empty_index, index_folder(harness.index.root))
    harness.index.open()
    yield harness
    harness.index.close()
    for thread in threading.enumerate():
        assert not thread.name.startswith("askdocs-"), f"{thread} was left behind"


@pytest.fixture
def watched(harness: Harness) -> Harness:
    harness.index.start()
    check(harness)
    return harness


def check(harness: Harness, seconds: float = 20.0) -> None:
    """The index must come to hold what a clean rebuild of the folder holds, and stay so."""
    truth = expected(harness)
    told = ["never looked"]

    def equal() -> bool:
        status = harness.index.status()
        if status.state != "ready" or status.pending_files:
            told[:] = [f"still at work: {status}"]
            return False
        with harness.index._writing:
            told[:] = differences(contents(harness.index), truth)
        return not told

    try:
        until(equal, seconds)
    except AssertionError:
        pytest.fail("\n".join(told))


Change = Callable[[Path], object]


def steps(*changes: Change) -> Change:
    """Make one change of several that follow each other at once."""

    def change(root: Path) -> None:
        for one in changes:
            one(root)

    return change


def write(name: str, text: str) -> Change:
    def change(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)

    return change


def move(source: str, target: str) -> Change:
    return lambda root: (root / source).rename(root / target)


def remove(name: str) -> Change:
    return lambda root: (root / name).unlink()


def link(name: str, target: str) -> Change:
    return lambda root: (root / name).symlink_to(target)


def save_atomically(name: str, text: str) -> Change:
    return steps(
        write(f"{name}.tmp", text), lambda root: (root / f"{name}.tmp").replace(root / name)
    )


def same_size_and_time(root: Path) -> None:
    """Replace a file by one of its size and its time, as unpacking an archive does."""
    before = (root / "page.md").stat()
    other = root.parent / "other"
    other.write_text(page("horses").replace("horses", "ponies"))
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(root / "page.md")


def odd_bytes(root: Path) -> None:
    (Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9.md"))).write_text(page("coffee"))


CHANGES: dict[str, Change] = {
    "create": write("new.md", page("new")),
    "create in new folders": write("a/b/c/d/new.md", page("new")),
    "edit in place": write("page.md", page("cows")),
    "a line at the top": write("page.md", "\n" + page("horses")),
    "symbols edited": write("api.md", "# API\n\n## `os.path.split(a)`\n\nSplit paths.\n"),
    "atomic save": save_atomically("page.md", page("cows")),
    "same size and time": same_size_and_time,
    "delete": remove("page.md"),
    "delete and create": steps(remove("page.md"), write("page.md", page("cows"))),
    "emptied": write("page.md", ""),
    "moved in": move("../outside/far.md", "far.md"),
    "moved out": move("page.md", "../outside/page.md"),
    "moved within": move("page.md", "guide/page.md"),
    "moved over another": move("page.md", "guide/one.md"),
    "renamed to no document": move("page.md", "page.bin"),
    "folder moved in": move("../outside", "outside"),
    "folder moved out": move("guide", "../outside/guide"),
    "folder moved within": move("guide", "manual"),
    "folder moved, then edited": steps(
        move("guide", "manual"), write("manual/deep/two.md", page("2"))
    ),
    "folder moved out and back": steps(
        move("guide", "../outside/guide"),
        move("../outside/guide", "back"),
        write("back/deep/two.md", page("2")),
    ),
    "folder replaced": steps(
        move("guide", "../outside/guide"), write("guide/deep/two.md", page("2"))
    ),
    "folder deleted": lambda root: shutil.rmtree(root / "guide"),
    "folder deleted and made again": steps(
        lambda root: shutil.rmtree(root / "guide"), write("guide/deep/two.md", page("2"))
    ),
    "file becomes a folder": steps(remove("page.md"), write("page.md/inner.md", page("inner"))),
    "folder becomes a file": steps(
        lambda root: shutil.rmtree(root / "guide"), write("guide", "no document")
    ),
    "link to a file within": link("link.md", "page.md"),
    "link to a file outside": link("link.md", "../outside/far.md"),
    "link to a folder outside": link("link", "../outside"),
    "link to a folder within": link("link", "guide"),
    "link to itself": link("loop.md", "loop.md"),
    "link to nothing": steps(remove("page.md"), link("page.md", "nothing.md")),
    "unreadable": write("page.md", "\x00\x01" * 1000),
    "ignore file removes": write(".gitignore", "guide/\n"),
    "ignore file in a folder": write("guide/.askdocsignore", "deep/\n"),
    "exclude file of a repository": steps(
        write(".git/HEAD", "ref: refs/heads/main\n"), write(".git/info/exclude", "guide/\n")
    ),
    "exclude file of a repository within": steps(
        write("guide/.git/HEAD", "ref: refs/heads/main\n"),
        write("guide/.git/info/exclude", "deep/\n"),
    ),
    "ignore file with broken rules": write(".gitignore", "!\n[z-a].md\npage.md\n\\\n"),
    "name beyond ASCII": write("café 日本 😀.md", page("coffee")),
    "name with quotes": write("a \"quoted\" 'name' \\.md", page("quotes")),
    "name that is no text": odd_bytes,
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_index_follows(watched: Harness, name: str) -> None:
    CHANGES[name](watched.root)
    check(watched)
    # The watcher must have survived: another change is seen as well.
    watched.write("guide2/after.md", page("after"))
    check(watched)


FOLLOWING: dict[str, tuple[Change, ...]] = {
    "text behind a link": (link("link.md", "page.md"), write("page.md", page("cows"))),
    "link comes to life": (link("link.md", "later.md"), write("later.md", page("later"))),
    "link dies": (link("link.md", "page.md"), remove("page.md")),
    "ignored, then not": (write(".gitignore", "guide/\n"), write(".gitignore", "*.bin\n")),
    "ignored, then no rules": (write(".gitignore", "guide/\n"), remove(".gitignore")),
    "exclude file, then none": (
        write(".git/HEAD", "ref: refs/heads/main\n"),
        write(".git/info/exclude", "guide/\n"),
        remove(".git/info/exclude"),
    ),
    "excludes file within the folder": (
        write(".git/HEAD", "ref: refs/heads/main\n"),
        steps(
            write(".git/config", "[core]\nexcludesFile = mine\n"),
            write(".git/objects/.gitignore", ""),
            write(".git/refs/.gitignore", ""),
            write(".git/info/exclude", ""),
        ),
        write("mine", "guide/\n"),
        write("mine", "page.md\n"),
    ),
    "folder becomes a worktree, then not": (
        steps(
            write(".git/HEAD", "ref: refs/heads/main\n"),
            write(".git/index", ""),
            write("guide/.git", "gitdir: ../.git/worktrees/guide\n"),
        ),
        remove("guide/.git"),
    ),
    "ignore file renamed": (write(".gitignore", "guide/\n"), move(".gitignore", "gitignore")),
    "moved and moved back": (move("guide", "manual"), move("manual", "guide")),
    "edited in a moved folder": (move("guide", "manual"), write("manual/deep/two.md", page("2"))),
    "new folder in a moved folder": (move("guide", "manual"), write("manual/new/3.md", page("3"))),
    "edited in a folder moved in": (
        move("../outside", "inside"),
        write("inside/far.md", page("2")),
    ),
    "folder made again after moving out": (
        move("guide", "../outside/guide"),
        write("guide/deep/two.md", page("2")),
        write("guide/deep/two.md", page("3")),
    ),
    "unreadable, then not": (write("page.md", "\x00" * 500), write("page.md", page("cows"))),
    "what a page includes, edited": (
        write("guide/use.md", '# Use\n\n--8<-- "code/use.js"\n'),
        write("code/use.js", "start()\n"),
        write("code/use.js", "stop()\n"),
        move("code", "samples"),
        move("samples", "guide/code"),
        remove("guide/code/use.js"),
    ),
    "what is included by what is included": (
        write("guide/use.md", '# Use\n\n--8<-- "outer.txt"\n'),
        write("guide/outer.txt", 'Around.\n\n--8<-- "inner.txt"\n'),
        write("guide/inner.txt", "Inside.\n"),
        write("guide/inner.txt", "Changed.\n"),
    ),
    "what is included by a page that is ignored": (
        write("guide/use.md", '# Use\n\n--8<-- "code/use.js"\n'),
        write("code/use.js", "start()\n"),
        write(".gitignore", "guide/\n"),
        write("code/use.js", "stop()\n"),
    ),
    "a chapter that becomes a part, and a chapter again": (
        write("guide/book.md", '# Book\n\n--8<-- "chapter.md"\n'),
        write("guide/chapter.md", page("chapters")),
        write(".gitignore", "chapter.md\n"),
        remove(".gitignore"),
        write("guide/chapter.md", "No heading.\n"),
    ),
    "settings that say what text is": (
        write("guide/plain.txt", "# Head\n\nWords.\n"),
        write("conf.py", "source_suffix = {'.txt': 'markdown'}\n"),
        write("guide/conf.py", "source_suffix = {'.txt': 'restructuredtext'}\n"),
        remove("guide/conf.py"),
    ),
    "odd name, then edited, then gone": (
        write('café "1".md', page("one")),
        write('café "1".md', page("two")),
        remove('café "1".md'),
    ),
}


@pytest.mark.parametrize("name", FOLLOWING)
def test_the_index_follows_step_by_step(watched: Harness, name: str) -> None:
    for change in FOLLOWING[name]:
        change(watched.root)
        check(watched)


def test_many_files_at_once(watched: Harness) -> None:
    for number in range(5000):
        watched.write(f"many/{number % 7}/{number}.md", f"# File {number}\n\nWord{number}.\n")
    check(watched, seconds=90)
    shutil.rmtree(watched.root / "many")
    check(watched, seconds=90)


def test_a_root_that_goes_and_comes_back_is_followed(watched: Harness) -> None:
    shutil.rmtree(watched.root)
    until(lambda: watched.index.status().files == 0)
    watched.write("page.md", page("cows"))
    check(watched)
    watched.root.rename(watched.root.with_name("away"))
    until(lambda: watched.index.status().files == 0)
    watched.root.with_name("away").rename(watched.root)
    check(watched)
    watched.write("page.md", page("horses"))
    check(watched)


# -- git ----------------------------------------------------------------------------------------


def git(root: Path, *arguments: str) -> None:
    """Run git without the user's own configuration."""
    environment = os.environ | {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        **{f"GIT_{who}_NAME": "a" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "a@b" for who in ("AUTHOR", "COMMITTER")},
    }
    subprocess.run(
        ["git", *arguments], cwd=root, env=environment, check=True, capture_output=True, timeout=60
    )


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-qm", "change")


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_git_checkout_stash_and_rebase(harness: Harness) -> None:
    root = harness.root
    git(root, "init", "-qb", "main")
    commit(root)
    git(root, "checkout", "-qb", "topic")
    harness.write("guide/one.md", page("uno"))
    harness.write("topic/new.md", page("topic"))
    (root / "guide/deep/two.md").unlink()
    commit(root)
    git(root, "checkout", "-q", "main")
    harness.write("page.md", page("cows"))
    commit(root)
    harness.index.start()
    check(harness)

    git(root, "checkout", "-q", "topic")
    check(harness)
    git(root, "checkout", "-q", "main")
    check(harness)
    seen = len(harness.embedder.embedded)
    git(root, "checkout", "-q", "topic")
    check(harness)
    assert len(harness.embedder.embedded) == seen, "known text was embedded again"

    harness.write("guide/one.md", page("stashed"))
    check(harness)
    git(root, "stash", "-q")
    check(harness)
    git(root, "stash", "pop", "-q")
    check(harness)
    git(root, "checkout", "-q", ".")
    git(root, "rebase", "-q", "main")
    check(harness)


# -- the system's limits --------------------------------------------------------------------------


def test_no_watches_left_at_the_root(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: InotifyObserver) -> None:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr(InotifyObserver, "start", refuse)
    harness.index.start()
    assert "max_user_watches" in harness.index.status().detail
    check(harness)
    harness.write("guide/deep/new.md", page("polled"))
    check(harness)


def test_no_watches_left_below_the_root(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    limit_watches(monkeypatch, 2)
    harness.index.start()
    assert "max_user_watches" in harness.index.status().detail
    check(harness)
    harness.write("guide/deep/two.md", page("polled"))
    check(harness)


def test_watches_run_out_later(watched: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    limit_watches(monkeypatch, 1)
    watched.write("late/one.md", page("late"))
    watched.write("later/deep/one.md", page("later"))
    check(watched)
    watched.write("later/deep/one.md", page("polled"))
    check(watched)


def limit_watches(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Let the kernel grant `count` more watches, then answer as at the user's limit."""
    real = inotify_c.inotify_add_watch
    granted = []

    def add_watch(descriptor: int, path: bytes, mask: int) -> int:
        if len(granted) >= count:
            ctypes.set_errno(errno.ENOSPC)
            return -1
        granted.append(path)
        return int(real(descriptor, path, mask))

    monkeypatch.setattr(inotify_c, "inotify_add_watch", add_watch)


def test_lost_events_are_made_up_for(watched: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's queue overflows: what it dropped must be found by looking at everything."""
    real = inotify_c.InotifyFD.read_events
    dropped = []

    def overflow(self: inotify_c.InotifyFD) -> list[inotify_c.InotifyEvent]:
        events = real(self)
        if events and not dropped:
            dropped.extend(events)
            mask = inotify_c.Mask(inotify_c.InotifyConstants.IN_Q_OVERFLOW)
            return [inotify_c.InotifyEvent(inotify_c.WatchDescriptor(-1), mask, 0, b"")]
        return events

    monkeypatch.setattr(inotify_c.InotifyFD, "read_events", overflow)
    # The call that waits already is the old one's: a change that concerns no document ends it.
    (watched.root / "wake.bin").write_bytes(b"")
    (watched.root / "page.md").unlink()
    (watched.root / "new").mkdir()
    until(lambda: bool(dropped))
    check(watched)


def test_a_missing_extra_folder_is_passed_over(harness: Harness) -> None:
    harness.index._selection.extra = (harness.root.parent / "missing",)
    harness.index.start()
    check(harness)


def test_a_root_below_a_folder_that_would_be_pruned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "node_modules" / "package"
    root.mkdir(parents=True)
    harness = Harness(root)
    harness.index.open()
    try:
        harness.index.start()
        check(harness)
        harness.write("page.md", page("horses"))
        harness.write("node_modules/other.md", page("cows"))
        check(harness)
    finally:
        harness.index.close()


def test_a_watcher_stops_with_all_its_threads(harness: Harness) -> None:
    before = set(threading.enumerate())
    watcher = Watcher(harness.index._selection, lambda keys: None)
    watcher.start()
    watcher.stop()
    until(lambda: set(threading.enumerate()) <= before)


def test_what_starts_while_the_watcher_stops_is_stopped_as_well(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = Watcher(harness.index._selection, lambda keys: None)
    begun, may_start = threading.Event(), threading.Event()
    observers = []

    class SlowObserver(PollingObserver):
        def start(self) -> None:
            begun.set()
            assert may_start.wait(30)
            super().start()

    def observer() -> SlowObserver:
        observers.append(SlowObserver())
        return observers[-1]

    monkeypatch.setattr(watcher, "_observer", observer)
    starting = threading.Thread(target=watcher.start)
    starting.start()
    assert begun.wait(30)
    stopping = threading.Thread(target=watcher.stop)
    stopping.start()
    stopping.join(0.2)
    may_start.set()
    starting.join(30)
    stopping.join(30)
    watcher._poll()  # One that was about to begin.
    assert len(observers) == 1
    assert not observers[0].is_alive()


# -- failures half-way ----------------------------------------------------------------------------


STEPS = ("commit", "put_vectors", "settle")
INNER = ("texts.commit", "texts.note_embedded", "texts.forget_stale", "_index.put", "_index.remove")


@pytest.mark.parametrize("step", [*STEPS, *INNER])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("back", [False, True])
def test_a_failed_write_is_made_up_for(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, step: str, after: bool, back: bool
) -> None:
    """A full disk in the middle; then files are edited again, one back to its old text."""
    index = harness.index
    index.sync()
    harness.write("page.md", "\n" + page("horses").replace("topic3", "cows"))
    harness.write("new.md", page("new"))
    documented = (harness.root / "api.md").read_text()
    harness.write("api.md", documented.replace("join", "split"))
    (harness.root / "guide/one.md").unlink()
    assert index._open is not None
    *inside, name = step.split(".")
    part = attrgetter(*inside)(index._open.store) if inside else index._open.store
    real = getattr(part, name)

    def fail(*arguments: object, **named: object) -> None:
        if after:
            real(*arguments, **named)
        raise OSError(errno.ENOSPC, "no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(part, name, fail)
        with pytest.raises(OSError, match="no space"):
            index.sync()
    harness.write("page.md", page("horses"))
    harness.write("new.md", page("newer"))
    harness.write("guide/one.md", page("one"))
    if back:
        harness.write("api.md", documented)
    index.sync()
    assert differences(contents(index), expected(harness)) == []
