/** What the page of a conversation and the extension say to each other. */

/** To the page: a turn as it is now. */
export interface TurnMessage {
  turn: number;
  html: string;
  running: boolean;
  /** The whole conversation, for the page to keep over a reload; left out while it is written. */
  kept?: object;
}

/** From the page: what the user did. `turn` counts from 0. */
export type PageMessage =
  | { action: "ready" }
  | { action: "ask"; question: string }
  | { action: "stop" }
  | { action: "copy"; turn: number }
  | { action: "again"; turn: number }
  | { action: "open"; turn: number; citation: number }
  | { action: "follow"; target: string };

/** What a page has sent, where it is a message; undefined where it is anything else. */
export function pageMessage(sent: unknown): PageMessage | undefined {
  const { action, question, turn, citation, target } = (sent ?? {}) as Record<string, unknown>;
  switch (action) {
    case "ready":
    case "stop":
      return { action };
    case "ask":
      return typeof question === "string" ? { action, question } : undefined;
    case "follow":
      return typeof target === "string" ? { action, target } : undefined;
    case "copy":
    case "again":
      return typeof turn === "number" ? { action, turn } : undefined;
    case "open":
      return typeof turn === "number" && typeof citation === "number"
        ? { action, turn, citation }
        : undefined;
    default:
      return undefined;
  }
}
