/** The script of a conversation's page: shows turns as they come, and tells what is clicked. */

import type { PageMessage, TurnMessage } from "../src/messages";

declare function acquireVsCodeApi(): {
  postMessage: (message: PageMessage) => void;
  getState: () => State | undefined;
  setState: (state: State) => void;
};

/** What is there again when VS Code has thrown the page away, as it does with hidden ones. */
interface State {
  /** Text that was not sent yet. */
  draft?: string;
  /** How far down the page its reader was, in pixels. */
  scroll?: number;
}

const host = acquireVsCodeApi();
const turns = element("turns", HTMLElement);
const form = element("follow-up", HTMLFormElement);
const question = element("question", HTMLTextAreaElement);
const before = host.getState() ?? {};
question.value = before.draft ?? "";

window.addEventListener("message", ({ data }: MessageEvent<TurnMessage>) => {
  sectionOf(data).innerHTML = data.html; // Made by page.ts, in which nothing can run.
  form.classList.toggle("running", data.running);
  turns.ariaBusy = String(data.running); // It is read out when it is complete.
  keep(data.kept ?? {});
});

question.addEventListener("input", () => {
  keep({ draft: question.value });
});

window.addEventListener("scrollend", () => {
  keep({ scroll: window.scrollY });
});

document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element ? target.closest("button") : null;
  const turn = Number(button?.closest("section")?.dataset.turn);
  const action = button?.dataset.action;
  if (action === "open") {
    host.postMessage({ action, turn, citation: Number(button?.dataset.citation) });
  } else if (action === "follow") {
    host.postMessage({ action, target: button?.dataset.target ?? "" });
  } else if (action === "copy" || action === "again") {
    host.postMessage({ action, turn });
  } else if (action === "stop") {
    host.postMessage({ action });
    question.focus(); // The button goes, and with it the focus that it may have.
  }
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = question.value.trim();
  if (text && !form.classList.contains("running")) {
    host.postMessage({ action: "ask", question: text });
    question.value = "";
    question.focus();
    keep({ draft: "" });
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    host.postMessage({ action: "stop" });
    return;
  }
  // While a word is put together from parts, as in Japanese, the key only confirms it.
  const confirms = event.isComposing || event.shiftKey;
  if (event.key === "Enter" && event.target === question && !confirms) {
    event.preventDefault();
    form.requestSubmit();
  }
});

host.postMessage({ action: "ready" });

/** Keeps more, or something else, over a reload. */
function keep(change: State): void {
  host.setState({ ...host.getState(), ...change });
}

/** The place of a turn on the page; made where it is new. */
function sectionOf({ turn, running }: TurnMessage): HTMLElement {
  const known = turns.querySelector<HTMLElement>(`section[data-turn="${turn}"]`);
  if (known) {
    return known;
  }
  const section = document.createElement("section");
  section.dataset.turn = String(turn);
  turns.append(section);
  // A question comes into view; from there the page stays where its reader is, however long the
  // answer grows. What is shown again is where it was.
  requestAnimationFrame(() => {
    if (running || before.scroll === undefined) {
      section.scrollIntoView({ block: "start" });
    } else {
      window.scrollTo(0, before.scroll);
    }
  });
  return section;
}

function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) {
    throw new Error(`The page has no ${id}.`);
  }
  return found;
}
