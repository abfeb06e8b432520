/** Runs of one piece of work, one after the other, never more of them than needed. */

/**
 * Returns a function that runs `work`, but never twice at once: all calls that come while it runs
 * share one further run. Its promise settles with the run that served the call.
 */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  function run(): Promise<void> {
    if (current === undefined) {
      current = work().finally(() => (current = undefined));
      return current;
    }
    next ??= current
      .catch(() => undefined) // Its own callers hear of that failure.
      .then(() => {
        next = undefined;
        return run();
      });
    return next;
  }
  return run;
}
