/** What is shown only if it stays for a while, and is gone at once. */

/**
 * Shows the last text that was set: the first after `ms` milliseconds without a time of none, and
 * all that follow at once. `show` gets undefined where nothing is to be shown any more.
 */
export class Patient {
  private text: string | undefined;
  private isShown = false;
  private wait: NodeJS.Timeout | undefined;

  constructor(
    private readonly ms: number,
    private readonly show: (text: string | undefined) => void,
  ) {}

  set(text: string | undefined): void {
    this.text = text;
    if (text === undefined) {
      this.dispose();
      if (this.isShown) {
        this.isShown = false;
        this.show(undefined);
      }
    } else if (this.isShown) {
      this.show(text);
    } else {
      this.wait ??= setTimeout(() => {
        this.wait = undefined;
        this.isShown = true;
        this.show(this.text);
      }, this.ms);
    }
  }

  dispose(): void {
    clearTimeout(this.wait);
    this.wait = undefined;
  }
}
