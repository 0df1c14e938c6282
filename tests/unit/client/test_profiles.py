"""Profiles: which service, as whom, and what is kept on this machine."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from meshmill_client import ApiKey, CachedToken, ClientCredentials
from meshmill_client.profiles import (
    DamagedProfiles,
    Profile,
    ProfileMissing,
    ProfileRefused,
    ProfilesInUse,
    ProfileStore,
    TokenFile,
    choose,
    every,
    names,
    places,
    profiles_path,
    resolve,
    token_file_of,
)
from meshmill_client.profiles.places import alone_in
from tests.support.home import Home, settled

CHECKOUT = Path(__file__).resolve().parents[3]
URL = "https://meshmill.example"
CLIENT = {
    "base_url": URL,
    "token_url": "https://issuer.example/token",
    "client_id": "studio",
    "client_secret": "p%ss",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    return settled(tmp_path / "home", monkeypatch)


def profile(name: str, **members: str) -> Profile:
    return Profile.of_members(name, {"base_url": URL, **members}, "here")


def store() -> ProfileStore:
    return ProfileStore(profiles_path())


def test_a_stored_profile_is_read_as_it_was_put() -> None:
    store().put(profile("key", api_key="mm_1"))
    store().put(Profile.of_members("client", {**CLIENT, "scope": "assets:read"}, "here"))
    assert resolve("key").login == ApiKey("mm_1")
    assert resolve("client").login == ClientCredentials(
        CLIENT["token_url"], "studio", "p%ss", "assets:read"
    )
    assert resolve("key").base_url == URL


def test_the_profile_that_was_put_last_is_current_until_another_is_used() -> None:
    store().put(profile("first", api_key="mm_1"))
    store().put(profile("second", api_key="mm_2"))
    assert resolve().name == "second"
    store().use("first")
    assert resolve().name == "first"


def test_nobody_else_can_read_the_file_or_its_folder(home: Home) -> None:
    store().put(profile("key", api_key="mm_1"))
    assert stat.S_IMODE(home.profiles.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.profiles.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_theirs_no_more_once_it_is_written(home: Home) -> None:
    home.store("{}")
    home.profiles.chmod(0o644)
    store().put(profile("key", api_key="mm_1"))
    assert stat.S_IMODE(home.profiles.stat().st_mode) == 0o600


def test_writing_leaves_nothing_else_in_the_folder(home: Home) -> None:
    store().put(profile("key", api_key="mm_1"))
    assert [path.name for path in home.profiles.parent.iterdir()] == ["profiles.json"]


def test_a_failed_write_keeps_the_file_that_stood_there(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    store().put(profile("key", api_key="mm_1"))

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store().put(profile("other", api_key="mm_2"))
    assert list(home.stored()["profiles"]) == ["key"]
    assert [path.name for path in home.profiles.parent.iterdir()] == ["profiles.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")
def test_two_logins_at_once_store_both(home: Home) -> None:
    store().put(profile("first", api_key="mm_1"))
    late = threading.Thread(target=lambda: store().put(profile("late", api_key="mm_3")))
    with alone_in(home.profiles.parent):
        late.start()
        late.join(0.2)
        assert late.is_alive(), "it did not wait"
        document = home.stored()
        document["profiles"]["second"] = {"base_url": "https://b.example", "api_key": "mm_2"}
        home.store(json.dumps(document))
    late.join()
    assert store().names() == ("first", "second", "late")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")
def test_a_program_that_does_not_let_go_is_waited_for_so_long_and_no_longer(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_LONGEST_WAIT", 0.0)
    store().put(profile("first", api_key="mm_1"))
    with alone_in(home.profiles.parent), pytest.raises(ProfilesInUse, match="another program"):
        store().put(profile("second", api_key="mm_2"))
    assert store().names() == ("first",)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")
def test_a_program_that_crashes_leaves_nothing_locked(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_LONGEST_WAIT", 0.0)
    store().put(profile("first", api_key="mm_1"))
    crashes = (
        "import os, pathlib, sys\n"
        "from meshmill_client.profiles.places import alone_in\n"
        "with alone_in(pathlib.Path(sys.argv[1])):\n"
        "    os._exit(3)\n"
    )
    arguments = [sys.executable, "-c", crashes, str(home.profiles.parent)]
    search = {**os.environ, "PYTHONPATH": str(CHECKOUT / "client")}
    assert subprocess.run(arguments, env=search, check=False).returncode == 3
    store().use("first")
    assert [path.name for path in home.profiles.parent.iterdir()] == ["profiles.json"]


def test_a_profile_that_is_missing_is_told_without_a_folder_for_it(home: Home) -> None:
    with pytest.raises(ProfileMissing):
        store().use("nobody")
    assert not home.profiles.parent.exists()


def test_a_link_to_the_file_stays_a_link(home: Home, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "meshmill.json"
    real.parent.mkdir()
    real.write_text("{}")
    home.profiles.parent.mkdir(parents=True)
    home.profiles.symlink_to(real)
    store().put(profile("key", api_key="mm_1"))
    assert home.profiles.is_symlink()
    assert "mm_1" in real.read_text()


def test_what_a_newer_version_wrote_is_kept_on_rewriting(home: Home) -> None:
    newer = {
        "version": 2,
        "telemetry": False,
        "current": "key",
        "profiles": {"key": {"base_url": URL, "api_key": "mm_1", "region": "north"}},
    }
    home.store(json.dumps(newer))
    store().put(Profile.of_members("key", CLIENT, "here"))
    written = home.stored()
    assert (written["version"], written["telemetry"]) == (2, False)
    assert written["profiles"]["key"] == {**CLIENT, "region": "north"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"profiles": []}',
        '{"profiles": {"key": "mm_1"}}',
        '{"current": "key", "profiles": {"key": {}}}',
        '{"current": "key", "profiles": {"key": {"base_url": 1}}}',
        '{"current": "key", "profiles": {"key": {"base_url": "no address"}}}',
        '{"current": "key", "profiles": {"key": {"base_url": "https://a", "client_id": "x"}}}',
    ],
)
def test_a_damaged_file_is_named_in_the_complaint(text: str, home: Home) -> None:
    home.store(text)
    with pytest.raises(DamagedProfiles) as raised:
        resolve()
    assert str(home.profiles) in str(raised.value)


def test_a_damaged_profile_can_be_removed(home: Home) -> None:
    home.store('{"profiles": {"key": {"base_url": 1}}}')
    store().remove("key")
    assert home.stored()["profiles"] == {}


def test_a_profile_that_is_removed_is_not_current_any_more() -> None:
    store().put(profile("first", api_key="mm_1"))
    store().put(profile("second", api_key="mm_2"))
    store().remove("second")
    with pytest.raises(ProfileMissing, match="meshmill profiles use with first"):
        resolve()


def test_no_profile_at_all_says_what_to_do() -> None:
    with pytest.raises(ProfileMissing, match=r"meshmill login.*MESHMILL_BASE_URL.*make run"):
        resolve()


def test_a_name_that_is_not_known_suggests_the_one_that_was_meant() -> None:
    store().put(profile("production", api_key="mm_1"))
    with pytest.raises(ProfileMissing, match="did you mean production"):
        resolve("prodution")
    with pytest.raises(ProfileMissing, match="there are production"):
        resolve("x")


def test_the_order_is_name_then_variable_then_environment_then_local_then_current(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("named", "variable", "current"):
        store().put(profile(name, api_key="mm_1"))
    seen = [choose().profile.name]
    home.run_locally()
    seen.append(choose().profile.name)
    monkeypatch.setenv("MESHMILL_BASE_URL", URL)
    seen.append(choose().profile.name)
    monkeypatch.setenv("MESHMILL_PROFILE", "variable")
    seen += [choose().profile.name, choose("named").profile.name]
    assert seen == ["current", "local", "environment", "variable", "named"]
    assert names() == ("environment", "local", "named", "variable", "current")
    assert [each.name for each in every()] == list(names())


def test_the_environment_may_hold_a_key_or_client_credentials_or_neither(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MESHMILL_BASE_URL", f"{URL}/")
    assert (resolve().base_url, resolve().credentials()) == (URL, None)
    for member in ("token_url", "client_id", "client_secret"):
        monkeypatch.setenv(f"MESHMILL_{member.upper()}", CLIENT[member])
    assert resolve().login == ClientCredentials(CLIENT["token_url"], "studio", "p%ss")
    monkeypatch.setenv("MESHMILL_API_KEY", "mm_1")
    assert resolve().login == ApiKey("mm_1")


def test_half_a_set_of_variables_names_the_one_that_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MESHMILL_BASE_URL", URL)
    monkeypatch.setenv("MESHMILL_CLIENT_ID", "studio")
    monkeypatch.setenv("MESHMILL_TOKEN_URL", CLIENT["token_url"])
    with pytest.raises(ProfileRefused, match="MESHMILL_CLIENT_SECRET is missing"):
        resolve()


def test_variables_that_are_empty_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESHMILL_BASE_URL", "")
    monkeypatch.setenv("MESHMILL_PROFILE", "")
    with pytest.raises(ProfileMissing):
        resolve()


def test_a_pipeline_that_runs_here_is_found_from_directories_below(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = home.run_locally()
    below = home.work / "models" / "trees"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    found = resolve()
    assert (found.name, found.base_url) == ("local", "http://localhost:8000")
    assert found.credentials() == ApiKey("mm_local")
    assert found.origin == str(path)


def test_somebody_elses_pipeline_is_only_used_when_it_is_named(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.run_locally()
    somebody = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: somebody)
    with pytest.raises(ProfileMissing):
        resolve()
    assert resolve("local").name == "local"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"base_url": "x", "api_key": "mm_1"}'])
def test_what_does_not_tell_of_a_pipeline_is_named(text: str, home: Home) -> None:
    path = home.run_locally()
    path.write_text(text)
    with pytest.raises(DamagedProfiles) as raised:
        resolve()
    assert str(path) in str(raised.value)


@pytest.mark.parametrize("name", [None, "local"])
def test_a_pipeline_that_runs_elsewhere_is_not_local(name: str | None, home: Home) -> None:
    """Such a file may come with a folder that somebody else has made."""
    path = home.run_locally(base_url="https://elsewhere.example")
    with pytest.raises(DamagedProfiles, match="another machine") as raised:
        resolve(name)
    assert str(path) in str(raised.value)


def test_local_by_name_says_how_to_start_one_where_none_runs() -> None:
    with pytest.raises(ProfileMissing, match="make run"):
        resolve("local")


@pytest.mark.parametrize("name", ["local", "environment", "", "-x", "a/b", "a b", "x" * 65])
def test_names_that_stand_for_something_else_can_not_be_stored(name: str, home: Home) -> None:
    with pytest.raises(ProfileRefused):
        store().put(profile(name, api_key="mm_1"))
    assert not home.profiles.exists()


@pytest.mark.parametrize(
    "url",
    [
        "meshmill.example",
        "ftp://a",
        "https://",
        "https://a b",
        "http://[",
        "http://a:port",
        "http://a:99999",
        "http://a..b",
        "https://a?b=c",
        "https://a#b",
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ProfileRefused, match="base_url must be an address"):
        Profile.of_members("x", {"base_url": url}, "here")


@pytest.mark.parametrize("member", ["base_url", "token_url"])
def test_an_address_with_a_password_is_refused_without_showing_it(member: str) -> None:
    # In two pieces: nothing in the repository looks like a password in an address.
    with_password = "https://" + "ada:hidden@meshmill.example"

    with pytest.raises(ProfileRefused, match=member) as raised:
        Profile.of_members("x", {**CLIENT, member: with_password}, "here")
    assert "hidden" not in str(raised.value)


@pytest.mark.parametrize("key", ["mm 1", "mm_1\n", "mm_ü"])
def test_a_key_that_no_header_could_carry_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(ProfileRefused) as raised:
        profile("x", api_key=key)
    assert key not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "in_clear"),
    [
        ("https://meshmill.example", False),
        ("http://localhost:8000", False),
        ("http://[::1]:8000", False),
        ("http://meshmill.example", True),
    ],
)
def test_it_is_known_where_a_secret_would_cross_a_network_in_clear(
    url: str, in_clear: bool
) -> None:
    assert Profile.of_members("x", {"base_url": url, "api_key": "k"}, "").is_in_clear is in_clear


def test_a_profile_shows_no_secret() -> None:
    shown = repr([profile("a", api_key="mm_hidden"), Profile.of_members("b", CLIENT, "")])
    assert "mm_hidden" not in shown
    assert CLIENT["client_secret"] not in shown


def test_a_folder_that_is_named_holds_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MESHMILL_CONFIG_DIR", str(tmp_path / "mine"))
    store().put(profile("key", api_key="mm_1"))
    assert (tmp_path / "mine" / "profiles.json").is_file()


def test_a_relative_xdg_folder_is_ignored(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert profiles_path() == home.root / ".config" / "meshmill" / "profiles.json"


@pytest.mark.skipif(sys.platform == "win32", reason="there it can't be removed")
def test_in_a_directory_that_is_gone_the_stored_profile_still_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store().put(profile("key", api_key="mm_1"))
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert resolve().name == "key"


def test_without_a_home_directory_the_environment_still_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(ProfileMissing, match="MESHMILL_CONFIG_DIR"):
        resolve()
    for member, text in CLIENT.items():
        monkeypatch.setenv(f"MESHMILL_{member.upper()}", text)
    credentials = resolve().credentials()
    assert isinstance(credentials, ClientCredentials)
    assert credentials.cache is None


def test_a_token_is_kept_for_the_next_process_and_read_by_nobody_else(home: Home) -> None:
    credentials = Profile.of_members("x", CLIENT, "").credentials()
    assert isinstance(credentials, ClientCredentials)
    assert credentials.cache is not None
    credentials.cache.store(CachedToken("text", 12.5, 6.25))
    (kept,) = home.tokens.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    again = Profile.of_members("other", CLIENT, "").credentials()
    assert isinstance(again, ClientCredentials)
    assert again.cache is not None
    assert again.cache.load() == CachedToken("text", 12.5, 6.25)
    again.cache.forget()
    assert credentials.cache.load() is None


@pytest.mark.parametrize(
    "changes", [{"token_url": "https://b.example"}, {"client_id": "b"}, {"scope": "assets:read"}]
)
def test_other_credentials_have_a_token_of_their_own(changes: dict[str, str]) -> None:
    logins = [Profile.of_members("x", CLIENT | each, "").login for each in ({}, changes)]
    paths = [token_file_of(login) for login in logins if isinstance(login, ClientCredentials)]
    assert len(set(paths)) == 2


def test_a_token_that_an_older_version_has_kept_is_read(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "token.json")
    file.path.write_text('{"text": "t", "expires_at": 9e9}')
    assert file.load() == CachedToken("t", 9e9)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"text": "t", "expires_at": "soon"}',
        f'{{"text": "t", "expires_at": 1{"0" * 400}}}',
        '{"text": "t\\nX: y", "expires_at": 9e9}',
        '{"text": "t\\u00e4", "expires_at": 9e9}',
        "\xff",
    ],
)
def test_a_damaged_token_is_as_good_as_none(text: str, tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "token.json")
    file.path.write_bytes(text.encode("latin-1"))
    assert file.load() is None


def test_a_token_that_can_not_be_kept_is_not_missed(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    file = TokenFile(tmp_path / "taken" / "token.json")
    file.store(CachedToken("text", 1.0))
    file.forget()
    assert file.load() is None


def test_a_profile_that_is_removed_takes_its_token_along(home: Home) -> None:
    store().put(Profile.of_members("client", CLIENT, "here"))
    credentials = resolve("client").credentials()
    assert isinstance(credentials, ClientCredentials)
    assert credentials.cache is not None
    credentials.cache.store(CachedToken("text", 1.0))
    store().remove("client")
    assert list(home.tokens.iterdir()) == []
