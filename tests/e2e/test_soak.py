"""A minute of twenty windows on four projects; `make soak` runs it for ten."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bench.soak import soak
from tests.e2e.daemon_support import a_user


@pytest.mark.timeout(240)
async def test_no_reply_is_lost_under_load(tmp_path: Path) -> None:
    with a_user(tmp_path) as user:
        report = await soak(user, seconds=60, sessions=20, roots=4)
    print("\n".join(report.lines()))
    assert report.asked > 500
    assert report.lost == 0
    assert report.failures == []
