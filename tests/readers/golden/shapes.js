/**
 * @license MIT
 * Copyright (c) 2020
 */
'use strict';

/**
 * @typedef {Object} Point A point.
 * @property {number} x the x
 */

/** @callback Done
 * @param {Error} err
 */

/** Old way. */
function Foo() {}
/** Bar it.<br>With <code>x &lt; 1</code> and <b>bold</b>.
 * <ul>
 * <li>one
 * <li>two</li>
 * </ul>
 */
Foo.prototype.bar = function (a) {};
/** Static. */
Foo.make = () => 1;
/** Exported.
 * @example <caption>Usage of k</caption>
 * k(1);
 * k(2);
 */
exports.k = function k(a) { };
module.exports = {
  /** do w */
  w() {}, /** do v */ v: (a) => 1,
  'str-key': 1,
};
/** chained */
exports = module.exports = function foo() {};
export {k as kk};
/** vue */
export default {
  /** data doc */
  data() {},
};
/** A class on one line, see user@example.org. */
class A { /** m */ static m() {} /** p */ p = 1; ['x']() {} /** it */ [Symbol.iterator]() {} }
/** detached at end
 * @function detached
 * @param a the a */

/**
 * Old HTML in JSDoc.
 * <p>A paragraph with List<String> in it.
 * <pre>
 * if (a &lt; b) { c(); }
 * </pre>
 * @param {Object} options
 * @param {string[]} [options.names=['a', 'b']] - The names,
 *   in order.
 * @returns {{
 *   ok: boolean
 * }} whether it went well
 * @fires Foo#changed
 * @api public
 */
var old = function (options) { };

/** @type {Map<string, number>} */
const typed = new Map();

/** @api private */
function apiPrivate() {}

/** Wrapped. */
const frozen = Object.freeze({
  /** Inside. */
  inside: 1,
});

(function () {
  /** Hidden: local. */
  function local() {}
})();

function outer() {
  /** Hidden: local. */
  function inner() {}
}

/** Cut off
 * @example
 * outer(
