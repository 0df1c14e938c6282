"""The demo's parts: what it sends, how it shows it, and what it makes a fuss about."""

from __future__ import annotations

import io
import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from meshmill_client import Asset
from meshmill_local.demo.checks import Caller, require_unbuilt, require_valid
from meshmill_local.demo.clock import InterruptibleClock
from meshmill_local.demo.display import LiveBars, PlainLines, Stage, display_on
from meshmill_local.demo.errors import DemoError, Interrupted
from meshmill_local.demo.events import ApiEvent, Requests
from meshmill_local.demo.pursuit import Delivery, Pursuit
from meshmill_local.demo.runs import next_run
from meshmill_local.demo.table import table_of
from tests.unit.client.service import (
    MODEL,
    STATUS_URL,
    FakeClock,
    Service,
    completed,
    refused,
    shown,
    view,
)

EVENTS = Path(__file__).resolve().parents[3] / "events" / "api"
STATUS = STATUS_URL.partition("?")[0]
ESCAPE = "\x1b"


def _text(write: Callable[[Console], None], *, terminal: bool = False, width: int = 120) -> str:
    console = Console(
        file=io.StringIO(), force_terminal=terminal, width=width, highlight=False, _environ={}
    )
    write(console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def _event(path: str = "/api/v1/assets", **changes: Any) -> ApiEvent:
    event: dict[str, Any] = {
        "name": "create_x",
        "method": "POST",
        "target": path,
        "body": None,
        "content_type": None,
        "authenticated": True,
    }
    return ApiEvent(**(event | changes))


class TestEvents:
    def test_every_event_of_the_folder_has_its_part(self) -> None:
        requests = Requests.read(EVENTS)

        every = [*requests.creating, *requests.repeating, *requests.reading, *requests.refused]
        left_out = {"account", "admin", "batches", "deletion"}
        played = [path for path in EVENTS.rglob("*.json") if path.parent.name not in left_out]
        assert len(every) == len(played)
        assert requests.repeating.keys() <= requests.creating.keys()

    def test_a_request_with_a_seed_gets_this_runs_and_one_without_stays_as_it_is(self) -> None:
        seeded = _event(body='{"format":"gltf","parameters":{"seed":1,"quality":"low"}}')
        plain = _event(body='{"format":"gltf","parameters":{}}')

        assert json.loads(seeded.with_seed(7).body or "")["parameters"] == {
            "seed": 7,
            "quality": "low",
        }
        assert plain.with_seed(7) == plain
        assert _event().with_seed(7) == _event()

    def test_an_id_in_the_path_is_replaced(self) -> None:
        event = _event("/api/v1/assets/550e8400-e29b-41d4-a716-446655440000?x=1")

        assert event.about("abc").target == "/api/v1/assets/abc?x=1"

    def test_it_is_sent_as_it_stands_by_whom_it_says(self, service: Service) -> None:
        service.on("POST", "/api/v1/assets", httpx.Response(200))
        signed_in, anonymous = service.client(), service.client()
        body = '{"format": "é"}'

        _event(
            "/api/v1/assets?on_duplicate=reject", body=body, content_type="application/json"
        ).send(signed_in, anonymous)

        request = service.requests[0]
        assert (request.content.decode(), request.url.query) == (body, b"on_duplicate=reject")
        assert request.headers["content-type"] == "application/json"
        assert request.headers["x-api-key"] == "mm_key"

    @pytest.mark.parametrize("content", ["", "[]", '{"headers": {}}', "\x00"])
    def test_a_file_that_is_no_event_is_one_line_with_its_path(
        self, tmp_path: Path, content: str
    ) -> None:
        (tmp_path / "create_x.json").write_text(content)

        with pytest.raises(DemoError, match=r"create_x\.json.*git checkout events") as raised:
            Requests.read(tmp_path)

        assert "\n" not in str(raised.value)

    def test_a_folder_without_anything_to_create_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(DemoError, match=r"there is no create_\*\.json"):
            Requests.read(tmp_path)


class TestRuns:
    def test_each_run_on_a_kept_state_has_another_number(self, tmp_path: Path) -> None:
        assert [next_run(tmp_path) for _ in range(3)] == [1, 2, 3]

    @pytest.mark.parametrize("damage", [b"", b"[]", b"\xff", b'{"runs": "many"}', b"{}"])
    def test_a_damaged_memory_begins_anew(self, tmp_path: Path, damage: bytes) -> None:
        (tmp_path / "demo.json").write_bytes(damage)

        assert next_run(tmp_path) == 1


class TestDisplay:
    def test_without_a_terminal_each_change_is_one_line_without_escape_codes(self) -> None:
        def write(console: Console) -> None:
            with display_on(console, ["island"]) as display:
                for stage in (Stage.QUEUED, Stage.QUEUED, Stage.BUILDING, Stage.BUILT):
                    display.show("island", stage)

        text = _text(write)

        assert ESCAPE not in text
        assert text.splitlines() == [
            "  island: queued",
            "  island: building",
            "  island: built and checked",
        ]

    def test_on_a_terminal_there_is_a_bar_for_each_asset(self) -> None:
        def write(console: Console) -> None:
            display = display_on(console, ["island", "boulder"])
            assert isinstance(display, LiveBars)
            with display:
                display.show("island", Stage.BUILT)
                display.show("boulder", Stage.BUILDING)

        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", _text(write, terminal=True))

        assert re.search(r"island +━+ built and checked", text)
        assert re.search(r"boulder +━+.* building", text)

    def test_a_dumb_terminal_gets_plain_lines(self) -> None:
        console = Console(file=io.StringIO(), force_terminal=True, _environ={"TERM": "dumb"})

        assert isinstance(display_on(console, ["island"]), PlainLines)

    def test_the_bar_never_goes_back(self) -> None:
        way = [Stage.QUEUED, Stage.BUILDING, Stage.DOWNLOADING, Stage.BUILT]

        steps = [stage.steps_done for stage in way]

        assert steps == sorted(set(steps))
        assert Stage.ALREADY_THERE.steps_done == Stage.BUILT.steps_done


def _delivery(tmp_path: Path, *, was_there: bool = False, name: str = "island") -> Delivery:
    model = tmp_path / name / "model.glb"
    model.parent.mkdir()
    model.write_bytes(bytes(1234567))
    asset = Asset.model_validate(
        completed(
            queue_ms=12,
            generation_ms=3456,
            stats={"triangles": 21052, "vertices": 4, "materials": 1, "textures": 3},
        )
    )
    return Delivery(name, asset, {"model": model}, was_there)


class TestTable:
    def test_it_has_a_row_with_the_figures_of_each_asset(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        table = table_of([_delivery(tmp_path)], 120)

        row = _text(lambda console: console.print(table)).splitlines()[-2]

        assert row.split() == [
            "gltf", "terrain", "medium", "21,052", "1,234,567", "12", "3,456", "island/model.glb",
        ]  # fmt: skip

    def test_times_of_an_earlier_run_are_not_shown_as_this_ones(self, tmp_path: Path) -> None:
        table = table_of([_delivery(tmp_path, was_there=True)], 120)

        text = _text(lambda console: console.print(table))

        assert "earlier" in text
        assert "3,456" not in text

    def test_eighty_columns_are_enough(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        table = table_of([_delivery(tmp_path, name="slate_cluster")], 80)

        text = _text(lambda console: console.print(table), width=80)

        assert "slate_cluster/" in text
        assert "1,234,567" in text
        assert "…" not in text


class TestPursuit:
    def test_a_new_asset_is_followed_downloaded_and_told(
        self, service: Service, tmp_path: Path
    ) -> None:
        service.on("GET", STATUS, shown(view("processing")), shown(completed()))
        service.on("GET", "https://store.example/artefacts/model.glb", _body())
        lines = _pursue(service, tmp_path, {"island": Asset.model_validate(view())})

        assert lines == [
            "  island: queued",
            "  island: building",
            "  island: downloading",
            "  island: built and checked",
        ]
        assert (tmp_path / "island" / "model.glb").read_bytes() == MODEL

    def test_what_was_there_before_is_said_to_have_been_there(
        self, service: Service, tmp_path: Path
    ) -> None:
        service.on("GET", "https://store.example/artefacts/model.glb", _body())
        standing = Asset.model_validate(completed(deduplicated=True))

        lines = _pursue(service, tmp_path, {"island": standing})

        assert lines[-1] == "  island: already there, checked"

    def test_an_asset_that_fails_ends_the_others_with_one_line(
        self, service: Service, tmp_path: Path
    ) -> None:
        slow = "https://api.example/api/v1/status/assets/slow"
        error = {"code": "GENERATION_FAILED", "message": "No", "class": "system", "retryable": True}
        service.on("GET", STATUS, shown(view("failed", error=error)))
        service.on("GET", slow, lambda _: shown(view("processing", status_url=slow)))
        assets = {
            "slow": Asset.model_validate(view(status_url=slow)),
            "broken": Asset.model_validate(view()),
        }

        with pytest.raises(DemoError, match=r"broken: asset .* failed: GENERATION_FAILED") as told:
            _pursue(service, tmp_path, assets)

        assert "engine.log" in str(told.value)
        assert "\n" not in str(told.value)

    def test_a_place_that_can_not_be_written_to_is_one_line(
        self, service: Service, tmp_path: Path
    ) -> None:
        (tmp_path / "island").write_text("a file where the folder should be")

        with pytest.raises(DemoError, match="island can't be stored: File exists"):
            _pursue(service, tmp_path, {"island": Asset.model_validate(completed())})


class TestInterruption:
    def test_sleepers_are_woken_on_every_thread(self) -> None:
        asked_for_the_end = threading.Event()
        clock = InterruptibleClock(asked_for_the_end.is_set)
        woken: list[bool] = []

        def sleep() -> None:
            with pytest.raises(Interrupted):
                clock.sleep(3600)
            woken.append(True)

        threads = [threading.Thread(target=sleep) for _ in range(4)]
        for thread in threads:
            thread.start()
        asked_for_the_end.set()
        for thread in threads:
            thread.join(30)

        assert woken == [True] * 4

    def test_a_sleep_that_nobody_disturbs_lasts(self) -> None:
        began = time.monotonic()

        InterruptibleClock(lambda: False).sleep(0.12)

        assert time.monotonic() - began >= 0.12

    def test_a_pursuit_ends_when_somebody_asks_for_the_end(
        self, service: Service, tmp_path: Path
    ) -> None:
        clock = InterruptibleClock(lambda: bool(service.requests))
        service.clock = clock  # type: ignore[assignment]  # the service's own never sleeps
        service.on("GET", STATUS, lambda _: shown(view("processing"), **{"Retry-After": "59"}))

        with pytest.raises(Interrupted):
            _pursue(service, tmp_path, {"island": Asset.model_validate(view())}, clock)


class TestChecks:
    @pytest.mark.parametrize(
        "changes",
        [
            {"asset_id": "another"},
            {"attempts": 2},
            {"started_at": "2026-11-22T11:00:00.000Z"},
            {"completed_at": "2026-11-22T11:00:00.000Z"},
            {"deduplicated": False},
        ],
    )
    def test_a_repeat_that_built_something_is_told(self, changes: dict[str, Any]) -> None:
        first = Asset.model_validate(completed(attempts=1))
        repeated = Asset.model_validate(completed(attempts=1, deduplicated=True) | changes)

        with pytest.raises(DemoError, match=f"has {next(iter(changes))} "):
            require_unbuilt(first, repeated)

    def test_a_repeat_that_built_nothing_passes(self) -> None:
        first = Asset.model_validate(completed(attempts=1, deduplicated=False))

        require_unbuilt(first, Asset.model_validate(completed(attempts=1, deduplicated=True)))

    def test_a_model_that_is_no_gltf_is_told_with_its_path(self, tmp_path: Path) -> None:
        with pytest.raises(DemoError, match=r"not a valid glTF file: .*model\.glb"):
            require_valid([_delivery(tmp_path)])

    @pytest.mark.parametrize(
        ("answer", "told"),
        [
            (httpx.Response(200), "answered 200 instead of INVALID_FORMAT"),
            (refused(404, "NOT_FOUND"), "answered NOT_FOUND instead of INVALID_FORMAT"),
        ],
    )
    def test_a_wrong_request_that_is_not_refused_as_it_must_be_is_told(
        self, service: Service, answer: httpx.Response, told: str
    ) -> None:
        service.on("POST", "/api/v1/assets", answer)
        caller = Caller(service.client(), service.client())

        with pytest.raises(DemoError, match=told):
            caller.be_refused("INVALID_FORMAT", _event())


def _body() -> httpx.Response:
    return httpx.Response(200, content=MODEL)


def _pursue(
    service: Service,
    out: Path,
    assets: dict[str, Asset],
    clock: InterruptibleClock | None = None,
) -> list[str]:
    """Lines of a pursuit without a terminal."""
    clock = clock or InterruptibleClock(lambda: False)
    client = service.client()
    if isinstance(service.clock, FakeClock):
        # Time passes at once, but a failure must still reach the others.
        service.clock.sleep = lambda _: clock.sleep(0.01)  # type: ignore[method-assign]
    pursuit = Pursuit(client, clock, out, 3600.0)

    def write(console: Console) -> None:
        with display_on(console, assets) as display:
            pursuit(assets, display)

    return _text(write).splitlines()
