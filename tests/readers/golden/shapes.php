<?php
/**
 * This file is part of Acme.
 *
 * @license MIT
 */
namespace Acme\Core;

/**
 * A box of {@see Item}s, `code` and <code>x</code>.
 *
 * - one
 * - two
 *
 * @property Foo $bar What it has.
 * @template T
 */
#[Attr]
final class Box extends Base
{
    /** The most. */
    public const MAX = 3, MIN = 1;
    /**
     * @var array<int, Foo> $items The items.
     */
    protected $items;
    /** @var Foo */
    public $bare;
    /** Hidden. */
    private $x;
    /**
     * Adds one.
     *
     * @param Foo|null $item the item,
     *   or null
     * @param array<string, int> $options Options.
     * @return bool|string true if so
     * @throws \InvalidArgumentException if not
     * @deprecated 2.0 use {@link Box::put()}
     * @see Box::put()
     */
    public function add(?Foo $item, array $options): bool { return true; }
    /** {@inheritDoc} */
    public function put() {}
}
/** Kinds. */
enum Kind: string { /** First. */ case A = 'a'; }
/** Helps. */
function helper(int $x): void {}
/** Const. */
const TOP = 1;
if (!function_exists('x')) {
    /** X. */
    function x() {}
}
/** Old. */
define('OLD', 1);
