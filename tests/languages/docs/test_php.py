"""Doc comments of PHP."""

from __future__ import annotations

import pytest
from tests.languages.docs.check import check, found

from askdocs_indexer.languages.documentation import read_source

PHP = {
    "types and members": (
        r"""
        <?php
        /**
         * This file is part of Acme.
         *
         * @license MIT
         */
        namespace Acme\Core;

        /** Round. */
        #[Entity(name: 'circle')]
        final class Circle extends Shape implements HasArea
        {
            /** Limits. */
            public const LEAST = 1, MOST = 2;
            /** @var array<int, Foo> $items Its items. */
            protected array $items = [];
            /** @var Foo */
            public $bare;
            /** Hidden. */
            private $x;
            /** Makes one. */
            public function __construct(private int $r) {}
            /** Its area. */
            #[Pure]
            public static function area(
                int $unit): float { return 0; }
            /** @internal Hidden. */
            public function inner() {}
            /** {@inheritDoc} */
            public function toString() {}
        }
        /** Kinds. */
        enum Kind: string
        {
            /** First. */
            case A = 'a';
        }
        /** Helps. */
        function helper(int $x): void {}
        /** Constant. */
        const TOP = 1;
        if (!function_exists('late')) {
            /** Late. */
            function late() {}
        }
        """,
        found(r"Acme\Core\Circle", (9, 11), "Round.", "final class Circle extends Shape"),
        found(r"Acme\Core\Circle::LEAST Acme\Core\Circle::MOST", (13, 14), "Limits."),
        found(r"Acme\Core\Circle::$items", (15, 16), "Its items.", "protected array $items = []"),
        found(r"Acme\Core\Circle::__construct", (21, 22), "__construct(private int $r)"),
        found(r"Acme\Core\Circle::area", (23, 26), "static function area(int $unit): float"),
        found(r"Acme\Core\Kind", (32, 33), "Kinds.", "enum Kind: string"),
        found(r"Acme\Core\Kind::A", (35, 36), "First.", "case A = 'a'"),
        found(r"Acme\Core\helper", (38, 39), "Helps.", "function helper(int $x): void"),
        found(r"Acme\Core\TOP", (40, 41), "Constant."),
        found(r"Acme\Core\late", (43, 44), "Late."),
    ),
    "text": (
        r"""
        <?php
        /**
         * Draws {@see Item}s, `code` and <code>x</code>.
         *
         * - one
         * - two
         *
         * @param Foo|null $item the item,
         *   or null
         * @param array<string, int> $options Options.
         * @return bool|string true if so
         * @throws \InvalidArgumentException if not
         * @deprecated 2.0 use {@link put()}
         */
        function draw($item, $options) {}
        """,
        found(
            "draw",
            (3, 15),
            "Draws `Item`s, `code` and `x`.",
            "- one",
            "- `$item` (`Foo|null`): the item,\n  or null",
            "- `$options` (`array<string, int>`): Options.",
            "- **Returns** (`bool|string`): true if so",
            "- **Throws** `\\InvalidArgumentException`: if not",
            "- **Deprecated:** 2.0 use `put()`",
        ),
    ),
    "several namespaces": (
        r"""
        <?php
        namespace A;
        /** One. */
        class One {}
        namespace B;
        /** Two. */
        trait Two {}
        """,
        found(r"A\One", (3, 4), "One."),
        found(r"B\Two", (6, 7), "Two."),
    ),
}


@pytest.mark.parametrize("name", PHP)
def test_php(name: str) -> None:
    source, *expected = PHP[name]
    check("src/Circle.php", source, *expected)


def test_authors_and_what_one_tool_reads_are_not_shown() -> None:
    text = """<?php
/**
 * Draws it.
 *
 * @phpstan-param int<0, max> $times
 * @author Ann <ann@example.com>
 * @return bool whether so
 */
function draw($times) {}
"""
    (section,) = read_source(text, "draw.php")
    shown = "\n".join(block.text for block in section.blocks)
    assert "whether so" in shown
    assert "Ann" not in shown
    assert "max" not in shown
