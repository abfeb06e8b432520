/** What the page of a conversation and the extension say to each other. */

/** To the page: a turn as it is now. */
export interface TurnMessage {
  turn: number;
  html: string;
  running: boolean;
  /** The whole conversation, for the page to keep over a reload; left out while it is written. */
  conversation?: unknown;
}

/** From the page: what the user did. `turn` counts from 0. */
export type PageMessage =
  | { action: "ready" }
  | { action: "ask"; question: string }
  | { action: "stop" }
  | { action: "copy"; turn: number }
  | { action: "again"; turn: number }
  | { action: "open"; turn: number; citation: number };
