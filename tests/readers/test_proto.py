"""Protocol Buffers."""

from __future__ import annotations

from askdocs_indexer.readers.proto.reader import read_proto

FILE = """// Copyright 2024 Somebody
// Licensed under some licence.

// What the file is for.
syntax = "proto3";

package acme.v1;

import "a.proto";
option java_package = "x"; // not shown

// Manages [ponds][acme.v1.Pond].
service Ponds {
  option deprecated = true;
  /*
   * Digs a pond.
   *
   * - fast
   */
  rpc Dig(DigRequest) returns (Pond) {
    option (google.api.http) = { post: "/v1/ponds" body: "*" };
  }
  rpc Fill(Pond) returns (Pond);
}

// Stands apart.

message Pond {
  // The name.
  string name = 1 [(field) = REQUIRED]; // Unique.
  int32 depth = 2;
  // The kind.
  enum Kind { // Of water.
    UNKNOWN = 0;
    FRESH = 1; // Sweet.
  }
  map<string, string> labels = 3; /* Free text: "//". */
  // Where it is.
  oneof place {
    string city = 4;
    // Degrees.
    double latitude = 5;
  }
  message Fish { string url = 1 [default = "http://x"]; }
  reserved 9, 10;
  // Last words.
}

extend google.protobuf.FieldOptions {
  // How deep.
  string deepness = 50000;
}
"""


def test_declarations_become_sections_under_their_qualified_names() -> None:
    sections = read_proto(FILE, "protos/pond.proto")
    assert [(s.title, s.start_line, s.end_line) for s in sections] == [
        ("pond.proto", 4, 4),
        ("acme.v1.Ponds", 12, 24),
        ("acme.v1.Ponds.Dig", 15, 22),
        ("acme.v1.Ponds.Fill", 23, 23),
        ("acme.v1.Pond", 28, 47),
        ("acme.v1.Pond.name", 29, 30),
        ("acme.v1.Pond.Kind", 32, 36),
        ("acme.v1.Pond.Kind.FRESH", 35, 35),
        ("acme.v1.Pond.labels", 37, 37),
        ("acme.v1.Pond.place", 38, 43),
        ("acme.v1.Pond.latitude", 41, 42),
        ("acme.v1.Pond.Fish", 44, 44),
        ("acme.v1.deepness", 50, 51),
    ]
    assert all(section.symbols == (section.title,) for section in sections[1:])
    assert {section.domain for section in sections[1:]} == {"proto"}
    assert {section.heading_path[0] for section in sections} == {"pond.proto"}


def test_comments_are_the_text_and_declarations_the_signatures() -> None:
    texts = {
        section.title.rpartition(".")[2]: [block.text for block in section.blocks]
        for section in read_proto(FILE, "pond.proto")
    }
    assert texts["proto"] == ["What the file is for."]
    assert texts["Ponds"][1:] == ["Manages `ponds`."]
    assert texts["Dig"] == [
        "```proto\nrpc Dig(DigRequest) returns (Pond) {\n"
        '  option (google.api.http) = { post: "/v1/ponds" body: "*" };\n}\n```',
        "Digs a pond.",
        "- fast",
    ]
    assert texts["name"] == [
        "```proto\nstring name = 1 [(field) = REQUIRED];\n```",
        "The name.",
        "Unique.",
    ]
    assert texts["Kind"][1:] == ["The kind.", "Of water."]
    assert texts["labels"][1:] == ['Free text: "//".']
    assert texts["Fish"] == [
        '```proto\nmessage Fish { string url = 1 [default = "http://x"]; }\n```'
    ]
    (pond, *_) = texts["Pond"]
    assert pond.startswith("```proto\nmessage Pond {\n  string name = 1 [(field) = REQUIRED];\n")
    assert "FRESH" not in pond
    assert "latitude" in pond
    assert "//" not in pond
