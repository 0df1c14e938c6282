"""The create body: what passes, what is refused, and how it is told."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshmill.domain.errors import (
    InvalidFormat,
    InvalidJson,
    InvalidRequest,
    Violation,
)
from meshmill.domain.request import AssetRequest, parse_request, validate_request
from meshmill.geometry.registry import FORMATS, GENERATORS
from tests.unit.domain.strategies import companions, plain_text, replayed, specs
from tests.unit.domain.test_json_text import json_values

ROCK: dict[str, Any] = {"format": "gltf", "parameters": {"generator": "rock"}}
NFD = "e\N{COMBINING ACUTE ACCENT}"


def body(**members: Any) -> dict[str, Any]:
    return ROCK | members


def parameters(**members: Any) -> dict[str, Any]:
    return {"format": "gltf", "parameters": {"generator": "rock", **members}}


def options(generator: str = "rock", **members: Any) -> dict[str, Any]:
    return {"format": "gltf", "parameters": {"generator": generator, "options": members}}


def violations(members: Any) -> dict[str, Violation]:
    with pytest.raises(InvalidRequest) as caught:
        validate_request(members)
    return {violation.field: violation for violation in caught.value.violations}


def only(members: Any) -> Violation:
    (violation,) = violations(members).values()
    return violation


def told(members: dict[str, Any]) -> None:
    """The members are a request, or what is told of them can be answered as JSON."""
    found: tuple[Violation, ...] = ()
    try:
        validate_request(members)
    except InvalidRequest as error:
        found = error.violations
    for violation in found:
        assert violation.message
        assert json.dumps(violation.as_details())


def test_the_contracts_example_works_as_it_stands() -> None:
    text = b'{"format":"gltf","parameters":{"quality":"high","texture_size":2048}}'
    request = parse_request(text)
    assert request.parameters.quality == "high"
    assert (request.priority, request.labels, request.custom_id) == (5, {}, None)


def test_every_parameter_has_the_contracts_default() -> None:
    filled = validate_request({"format": "gltf", "parameters": {}}).spec.canonical()["parameters"]
    assert {name: value for name, value in filled.items() if name != "options"} == {
        "generator": "terrain",
        "quality": "medium",
        "texture_size": 1024,
        "texture_format": "png",
        "lods": 0,
        "seed": 0,
    }


@replayed
@given(specs, companions)
def test_labels_and_custom_id_are_kept_as_they_were_sent(
    members: dict[str, Any], further: dict[str, Any]
) -> None:
    further = {
        **further,
        "labels": {
            key: value for key, value in further.get("labels", {}).items() if nfc(key + value)
        },
    }
    if not nfc(further.get("custom_id") or ""):
        further["custom_id"] = None
    request = validate_request(members | further)
    assert request.labels == further["labels"]
    assert request.custom_id == further.get("custom_id")


def nfc(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text)


@replayed
@given(st.dictionaries(st.sampled_from(["format", "parameters", "x"]) | st.text(), json_values))
def test_any_object_is_a_request_or_refused_with_violations(members: dict[str, Any]) -> None:
    told(members)


@replayed
@given(
    st.dictionaries(st.sampled_from(list(AssetRequest.model_fields)), json_values),
    st.dictionaries(
        st.sampled_from(["generator", "quality", "options", "seed", "lods", "texture_size"]),
        json_values | st.sampled_from(list(GENERATORS)),
    ),
)
def test_any_value_in_a_known_member_is_a_request_or_refused_with_violations(
    members: dict[str, Any], inner: dict[str, Any]
) -> None:
    told({"format": "gltf", **members, "parameters": inner})


@pytest.mark.parametrize("missing", ["format", "parameters"])
def test_format_and_parameters_are_required(missing: str) -> None:
    members = {name: value for name, value in ROCK.items() if name != missing}
    assert only(members).message == f"{missing} is required"


@pytest.mark.parametrize("asked", ["stl", "GLTF", "", " gltf"])
def test_an_unknown_format_has_a_code_of_its_own(asked: str) -> None:
    with pytest.raises(InvalidFormat) as caught:
        validate_request(body(format=asked))
    assert caught.value.code == "INVALID_FORMAT"
    assert caught.value.details["allowed"] == list(FORMATS)


def test_an_unknown_format_is_told_first_and_everything_else_with_it() -> None:
    with pytest.raises(InvalidFormat) as caught:
        validate_request({"colour": 1, "priority": 11, "format": "gltff", "parameters": {}})
    error = caught.value
    assert error.details["field"] == "format"
    assert error.details["hint"] == "did you mean 'gltf'?"
    assert {entry["field"] for entry in error.details["violations"]} == {
        "format",
        "colour",
        "priority",
    }


@pytest.mark.parametrize("size", [8192, 1000, 0, -256, 1024.0, "1024", True, 2**70])
def test_a_texture_size_outside_the_list_is_refused(size: Any) -> None:
    assert set(violations(parameters(texture_size=size))) == {"parameters.texture_size"}


def test_a_texture_size_names_what_would_have_passed() -> None:
    assert only(parameters(texture_size=8192)).allowed == [256, 512, 1024, 2048, 4096]


@pytest.mark.parametrize("angle", [15, "20", True, {}, None])
def test_a_choice_between_numbers_names_those_that_are_not_whole_too(angle: Any) -> None:
    violation = only(options("gear", pressure_angle_deg=angle))
    assert violation.allowed == [14.5, 20.0, 25.0]


@pytest.mark.parametrize("member", ["lods", "seed"])
@pytest.mark.parametrize("value", [True, 1.0, "1", None, 10**39, -1])
def test_an_integer_takes_nothing_that_only_looks_like_one(member: str, value: Any) -> None:
    assert set(violations(parameters(**{member: value}))) == {f"parameters.{member}"}


@pytest.mark.parametrize("priority", [0, 11, 5.0, True, "5", None])
def test_a_priority_is_an_integer_from_1_to_10(priority: Any) -> None:
    assert set(violations(body(priority=priority))) == {"priority"}


def test_the_largest_seed_passes_and_the_next_does_not() -> None:
    assert validate_request(parameters(seed=2**32 - 1))
    assert set(violations(parameters(seed=2**32))) == {"parameters.seed"}


@pytest.mark.parametrize("value", ["0.5", True, None, [0.5], {"value": 0.5}])
def test_an_option_that_is_a_number_takes_numbers_only(value: Any) -> None:
    assert set(violations(options(moss=value))) == {"parameters.options.moss"}


@pytest.mark.parametrize("number", [b"1e400", b"NaN", b"Infinity"])
def test_an_option_without_a_finite_value_is_refused_as_json(number: bytes) -> None:
    text = json.dumps(options(moss=0)).encode().replace(b'"moss": 0', b'"moss": ' + number)
    with pytest.raises(InvalidJson):
        parse_request(text)


@pytest.mark.parametrize(
    "text", ["\x00", "a\rb", "a\nb", "\u200b", "\u202e", "\ufeff", NFD, "\ue000"]
)
def test_text_that_cannot_be_seen_or_has_two_spellings_is_refused(text: str) -> None:
    assert set(violations(body(custom_id=text))) == {"custom_id"}
    assert set(violations(body(labels={"key": text}))) == {"labels.key"}
    (field,) = violations(body(labels={text: "value"}))
    assert field.startswith("labels.")


def test_lone_surrogates_are_refused_wherever_they_stand() -> None:
    for members in (
        body(custom_id="\ud800"),
        body(labels={"key": "\ud800"}),
        body(labels={"\ud800": "value"}),
        body(**{"\ud800": 1}),
        parameters(**{"\ud800": 1}),
        parameters(options={"\ud800": 1}),
        parameters(quality="\ud800"),
        parameters(generator="\ud800"),
        body(format="\ud800"),
    ):
        assert json.dumps([one.as_details() for one in violations(members).values()])


@pytest.mark.parametrize(
    ("members", "field"),
    [
        (body(custom_id="x" * 65), "custom_id"),
        (body(custom_id=""), "custom_id"),
        (body(labels={"key": "x" * 257}), "labels.key"),
        (body(labels={"key": ""}), "labels.key"),
        (body(labels={str(number): "x" for number in range(11)}), "labels"),
        (body(labels=[]), "labels"),
        (body(labels={"key": 1}), "labels.key"),
    ],
    ids=range(7),
)
def test_labels_and_custom_id_are_bounded(members: dict[str, Any], field: str) -> None:
    assert set(violations(members)) == {field}


def test_labels_and_custom_id_of_the_largest_size_pass() -> None:
    labels = {f"{number:064}": "é" * 256 for number in range(10)}
    assert validate_request(body(labels=labels, custom_id="x" * 64)).labels == labels


@pytest.mark.parametrize("name", ["user_id", "status", "asset_id", "run", "owner", "attempts"])
def test_members_that_only_the_service_sets_are_unknown(name: str) -> None:
    assert only(body(**{name: "x"})).message == f"{name} is not a known member"


def test_everything_wrong_is_told_at_once() -> None:
    members = {
        "format": "gltf",
        "parameters": {"quality": "ultra", "seed": -1, "options": {"biome": "moon"}},
        "priority": 99,
        "customId": "x",
    }
    assert set(violations(members)) == {
        "parameters.quality",
        "parameters.seed",
        "parameters.options.biome",
        "priority",
        "customId",
    }


def test_a_request_full_of_mistakes_is_answered_with_a_bounded_list() -> None:
    members = body(**{f"member{number}": 1 for number in range(5_000)})
    assert len(violations(members)) <= 50


@pytest.mark.parametrize(
    ("members", "hint"),
    [
        (body(prioritty=1), "priority"),
        (body(customid="x"), "custom_id"),
        (parameters(texturesize=1024), "texture_size"),
        (parameters(quality="hihg"), "high"),
        (parameters(generator="rok"), "rock"),
        (parameters(generator="ROCK"), "rock"),
        (options(angularty=1), "angularity"),
        (options(form="slap"), "slab"),
    ],
    ids=repr,
)
def test_a_near_miss_is_answered_with_a_hint(members: dict[str, Any], hint: str) -> None:
    assert only(members).hint == f"did you mean {hint!r}?"


def test_far_from_anything_there_is_no_hint() -> None:
    assert only(parameters(quality="zzzzzz")).hint is None


def test_an_unknown_members_value_is_never_repeated() -> None:
    for members in (
        body(password="hunter2"),
        parameters(password="hunter2"),
        options(pw="hunter2"),
    ):
        with pytest.raises(InvalidRequest) as caught:
            validate_request(members)
        assert "hunter2" not in json.dumps(caught.value.details) + caught.value.message


def test_a_value_is_cut_to_a_hundred_characters() -> None:
    for members in (
        parameters(quality="x" * 5_000),
        parameters(seed="x" * 5_000),
        parameters(seed=list(range(5_000))),
        parameters(generator="x" * 5_000),
    ):
        assert only(members).value is not None
        assert len(str(only(members).value)) <= 100


def test_a_members_name_is_cut_and_cleaned_too() -> None:
    assert only(body(**{"n" * 5_000: 1})).field == "n" * 100
    assert only(body(**{"a\r\nb\u202e": 1})).field == "a??b?"


def test_the_allowed_members_of_an_object_are_listed() -> None:
    assert only(body(x=1)).allowed == sorted(AssetRequest.model_fields)
    assert only(options(x=1)).allowed == sorted(GENERATORS["rock"].options.model_fields)
    assert "texture_size" in (only(parameters(x=1)).allowed or [])


def test_options_of_one_generator_are_unknown_to_another() -> None:
    assert "biome" not in (only(options("rock", biome="desert")).allowed or [])


@pytest.mark.parametrize("value", [None, [], "rock", 1, True])
def test_parameters_and_options_are_objects(value: Any) -> None:
    assert only(body(parameters=value)).message == "parameters must be an object"
    assert "parameters.options" in violations(parameters(options=value))


def test_an_option_without_effect_is_refused_unless_at_its_default() -> None:
    assert validate_request(options("terrain", relief_m=0, landform="mountains"))
    violation = only(options("terrain", relief_m=0, landform="dunes"))
    assert violation.field == "parameters.options.landform"
    assert "has no effect when relief_m is 0" in violation.message
    assert violation.value == "dunes"


def test_every_option_without_effect_is_named() -> None:
    members = options("terrain", relief_m=0, landform="dunes", erosion=0.1, snow_line=0.1)
    assert set(violations(members)) == {
        f"parameters.options.{name}" for name in ("landform", "erosion", "snow_line")
    }


def test_options_out_of_proportion_are_refused_with_the_bound() -> None:
    assert "128" in only(options("terrain", size_m=256, relief_m=129)).message


@pytest.mark.parametrize("entry", FORMATS.values(), ids=list(FORMATS))
@pytest.mark.parametrize("texture_format", ["png", "jpeg", "webp"])
def test_a_texture_format_passes_exactly_where_the_format_can_hold_it(
    entry: Any, texture_format: str
) -> None:
    members = {"format": entry.name, "parameters": {"texture_format": texture_format}}
    if texture_format in entry.texture_formats:
        assert validate_request(members)
    else:
        assert set(violations(members)) == {"parameters.texture_format"}


@pytest.mark.parametrize("generator", GENERATORS)
def test_every_generator_builds_from_its_defaults_alone(generator: str) -> None:
    assert validate_request({"format": "gltf", "parameters": {"generator": generator}})


@replayed
@given(plain_text)
def test_an_unknown_generator_is_told_the_known_ones(name: str) -> None:
    if name not in GENERATORS:
        assert only(parameters(generator=name)).allowed == list(GENERATORS)
