"""OpenAPI, Swagger and JSON Schema."""

from __future__ import annotations

import json

import pytest
import yaml

from askdocs_indexer.errors import ReadError
from askdocs_indexer.readers.openapi.reader import (
    is_description,
    is_named_description,
    read_openapi,
)
from askdocs_indexer.types import Section

PETS = """openapi: 3.0.3
info:
  title: Pets
  version: "1"
  description: |
    All about pets.

    # Paging

    By `cursor`.
tags:
  - name: pet
    description: Animals
paths:
  /pets/{id}:
    parameters:
      - $ref: '#/components/parameters/id'
    get:
      operationId: getPet
      tags: [pet]
      summary: Find a pet
      description: >-
        Looks
        everywhere.
      parameters:
        - name: kind
          in: query
          description: The kind
          schema: {type: string, enum: [cat, dog], default: cat}
      responses:
        200:
          description: Here it is
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Pet'}
              example: {name: Tom, age: 3}
        default:
          $ref: '#/components/responses/Error'
    delete:
      deprecated: true
      responses: {204: {description: Gone}}
components:
  parameters:
    id: {name: id, in: path, required: true, schema: {type: integer, format: int64}}
  responses:
    Error:
      description: It failed
      headers:
        X-Why: {description: The reason, schema: {type: string}}
  schemas:
    Pet:
      description: A pet.
      type: object
      required: [name]
      properties:
        name: {type: string, description: Its name}
        owner:
          type: object
          properties:
            email: {type: string, format: email}
        tags: {type: array, items: {$ref: '#/components/schemas/Tag'}}
    Tag: {type: string, enum: [a, b]}
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key, description: Ask us}
"""


def outline(sections: tuple[Section, ...]) -> list[tuple[str, int, int]]:
    return [(" > ".join(s.heading_path), s.start_line, s.end_line) for s in sections]


def test_operations_and_schemas_become_sections() -> None:
    sections = read_openapi(PETS, "pets.yaml")
    assert outline(sections) == [
        ("Pets", 6, 6),
        ("Pets > Paging", 8, 10),
        ("Pets > Tags", 11, 11),
        ("Pets > Tags > pet", 12, 13),
        ("Pets > GET /pets/{id}", 18, 38),
        ("Pets > DELETE /pets/{id}", 39, 41),
        ("Pets > Responses", 45, 45),
        ("Pets > Responses > Error", 46, 49),
        ("Pets > Schemas", 50, 50),
        ("Pets > Schemas > Pet", 51, 61),
        ("Pets > Schemas > Tag", 62, 62),
        ("Pets > Authentication", 63, 64),
    ]
    by_title = {section.title: section for section in sections}
    assert by_title["GET /pets/{id}"].symbols == ("getPet",)
    assert by_title["Pet"].symbols == ("Pet",)
    assert {section.domain for section in sections if section.symbols} == {"other"}


def test_what_is_written_of_an_operation() -> None:
    (operation,) = (s for s in read_openapi(PETS, "a.yml") if s.title == "GET /pets/{id}")
    assert [(b.text, b.start_line, b.end_line) for b in operation.blocks] == [
        ("Find a pet", 21, 21),
        ("Looks everywhere.", 22, 24),
        ("Operation `getPet`, tags: pet", 18, 18),
        (
            "| Parameter | In | Type | Description |\n| --- | --- | --- | --- |\n"
            "| `id` (required) | path | integer (int64) |  |\n"
            "| `kind` | query | string | The kind. One of `cat`, `dog`. Default: `cat`. |",
            18,
            29,
        ),
        ("- Response `200` (`application/json` `Pet`): Here it is", 31, 36),
        ('```json\n{\n  "name": "Tom",\n  "age": 3\n}\n```', 36, 36),
        ("- Response `default`: It failed", 37, 38),
    ]


def test_what_is_written_of_schemas_and_others() -> None:
    texts = {s.title: [block.text for block in s.blocks] for s in read_openapi(PETS, "a.yml")}
    assert texts["Pet"] == [
        "A pet.",
        "| Property | Type | Description |\n| --- | --- | --- |\n"
        "| `name` (required) | string | Its name |\n"
        "| `owner` | object |  |\n"
        "| `owner.email` | string (email) |  |\n"
        "| `tags` | array of `Tag` |  |",
    ]
    assert texts["Tag"] == ["One of `a`, `b`. Type: string."]
    assert texts["DELETE /pets/{id}"][0] == "**Deprecated**"
    assert texts["Authentication"] == ["- `key` (apiKey header X-Key): Ask us"]
    assert texts["Error"] == [
        "`Error`: It failed",
        "| Header | Type | Description |\n| --- | --- | --- |\n| `X-Why` | string | The reason |",
    ]


def test_json_reads_like_yaml() -> None:
    text = json.dumps(yaml.safe_load(PETS), indent=1)
    sections = read_openapi(text, "a.json")
    assert [s.heading_path for s in sections] == [
        s.heading_path for s in read_openapi(PETS, "a.yaml")
    ]
    one_line = json.dumps(yaml.safe_load(PETS))
    assert {(s.start_line, s.end_line) for s in read_openapi(one_line, "a.json")} == {(1, 1)}


def test_json_may_escape_what_yaml_must_not() -> None:
    text = (
        r'{"swagger": "2.0", "info": {"title": "T", "description": "\ud83d\ude00 \ud83d \\ud83d"}}'
    )
    (section,) = read_openapi(text, "a.json")
    assert section.blocks[0].text == "\N{GRINNING FACE} \N{REPLACEMENT CHARACTER} \\ud83d"


def test_swagger_has_bodies_among_its_parameters() -> None:
    text = """swagger: "2.0"
paths:
  /a:
    post:
      parameters:
        - {in: body, name: body, description: The thing, schema: {$ref: "#/definitions/A"}}
      responses:
        200: {description: Done, schema: {type: array, items: {$ref: "#/definitions/A"}}}
definitions:
  A: {properties: {b: {type: string}}}
"""
    sections = read_openapi(text, "a.yaml")
    assert [block.text for block in sections[0].blocks] == [
        "**Request body** (`A`): The thing",
        "- Response `200` (array of `A`): Done",
    ]


def test_a_json_schema_and_its_definitions() -> None:
    text = """{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Settings",
  "description": "What can be set.",
  "properties": {"size": {"type": "integer", "description": "How large"}},
  "$defs": {
    "Colour": {"type": "string", "enum": ["red", "blue"]}
  }
}"""
    settings, colour = read_openapi(text, "settings.schema.json")
    assert outline((settings, colour)) == [
        ("Settings", 1, 5),
        ("Settings > Colour", 7, 7),
    ]
    assert settings.blocks[-1].text.endswith("| `size` | integer | How large |")
    assert colour.symbols == ("Colour",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("openapi: 3.1.0\n", True),
        ("# comment\n---\nswagger: '2.0'", True),
        ('"openapi": "3.0.0"', True),
        ('{\n  "info": {},\n  "openapi": "3.0.1"}', True),
        ('{"$schema":"http://json-schema.org/draft-07/schema#"}', True),
        ("tools:\n  openapi: 3.1.0\n", False),
        ("openapi: yes\n", False),
        ('{"$schema": "https://json.schemastore.org/package"}', False),
        ("[1, 2]", False),
    ],
)
def test_formats_are_known_by_the_top_level(text: str, expected: bool) -> None:
    assert is_description(text) is expected
    path = "a.json" if text[0] in "{[" else "a.yaml"
    assert expected or read_openapi(text, path) == ()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("docs/openapi.yaml", True),
        ("swagger-v1.json", True),
        ("api/my_openapi.json", True),
        ("api.yaml", False),
        ("openapi/other.yaml", False),
    ],
)
def test_names_of_descriptions(path: str, expected: bool) -> None:
    assert is_named_description(path) is expected


def test_only_damaged_descriptions_are_reported() -> None:
    with pytest.raises(ReadError, match="not valid YAML near line 3"):
        read_openapi("openapi: 3.0.0\ninfo: {\npaths: ]\n", "a.yaml")
    assert read_openapi("a: {\nb: ]\n", "a.yaml") == ()


def test_lines_are_those_of_an_editor_and_of_the_place_of_an_alias() -> None:
    text = """openapi: 3.0.0
info: {title: "T\u2028\u0085", description: Text}
x-shared: &shared
  get: {summary: Shared}
paths:
  /a: *shared
  /b:
    <<: *shared
    put: {summary: Own}
"""
    assert [(s.title, s.start_line, s.end_line) for s in read_openapi(text, "a.yaml")] == [
        ("T", 2, 2),
        ("GET /a", 6, 6),
        ("PUT /b", 9, 9),
        ("GET /b", 9, 9),
    ]


def test_references_in_circles_end() -> None:
    text = """openapi: 3.0.0
components:
  schemas:
    A: &a
      $ref: '#/components/schemas/A'
      allOf: [*a, *a]
      properties: {a: *a, b: *a}
      example: *a
"""
    assert read_openapi(text, "a.yaml")
