/** Results that are waited for no longer than they are worth. */

/** Something that can end a wait early, such as VS Code's CancellationToken. */
interface Cancellation {
  onCancellationRequested(listener: () => void): { dispose(): unknown };
}

/** What `work` gives, or `otherwise` where it fails, is cancelled or takes too long. */
export async function inTime<T>(
  work: PromiseLike<T>,
  milliseconds: number,
  otherwise: T,
  cancel: Cancellation,
): Promise<T> {
  return new Promise((resolve) => {
    const done = (result: T): void => {
      clearTimeout(timer);
      cancelled.dispose();
      resolve(result);
    };
    const giveUp = (): void => {
      done(otherwise);
    };
    const timer = setTimeout(giveUp, milliseconds);
    const cancelled = cancel.onCancellationRequested(giveUp);
    work.then(done, giveUp);
  });
}
