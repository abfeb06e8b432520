/**
 * Tools for shapes.
 * @packageDocumentation
 */
import x from "x";

/** A {@link Shape | shape} with `code`.
 *
 * @remarks
 * More on it, see {@link Circle#area}.
 *
 * @example
 * ```ts
 * @Component()
 * const c = new Circle(1);
 * ```
 * @typeParam T - the unit
 * @deprecated since 2.0
 */
@Component({ selector: "x" })
export class Circle<T extends Unit = Meter> extends Shape implements Area {
  /** The radius. */
  @Input() readonly radius: number = 1;
  /** hidden */
  private secret = 1;
  /** hidden too */
  #z = 2;
  /**
   * Compute the area.
   * @param {Object} options - The options
   *   on two lines.
   * @param {number} [options.scale=1] the scale
   * @param {string|{a: number,
   *   b: string}} unit The unit
   * @returns {Promise<number>} the area
   * @throws {RangeError} if negative
   * @see Shape
   */
  async area(options: { scale?: number }, unit: string): Promise<number> { return 1; }
  /** overload a */
  f(a: string): void;
  /** overload b */
  f(a: number): void;
  f(a: any) {}
  /** Getter. */
  get g() { return 1 }
  constructor(/** inline */ a: string) { super() }
}
/** An interface. */ export interface I { /** a prop */ a?: string; /** call b */ b(x: number): void;
  /** nested */
  c: {
    /** deep */
    d: string;
  }
}
export type X = Base & {
  /** the k */
  k: string };
/** Default fn. */
export default function () {}
/**
 * Arrow.
 */
export const arrow = async (
  a: string,
  b = 3,
): Promise<void> => { };
declare module "fs" {
  /** Reads. */
  function readFile(a: string): void;
}
declare global { interface Window { /** g */ foo: string } }
export namespace N.M {
  /** z doc */
  export function z() {}
}
/** Colors. */
export enum E {
  /** the a */
  A = 1,
  /** the b */
  B,
}
export const api = {
  /** get it */
  get(a) { },
  /** val */
  val: 1,
  nested: { /** deep fn */ fn: (a) => a },
} as const;
/** @internal */
export function hid() {}
