/** The script of a conversation's page: shows turns as they come, and tells what is clicked. */

import type { PageMessage, TurnMessage } from "../src/messages";

declare function acquireVsCodeApi(): {
  postMessage: (message: PageMessage) => void;
  setState: (state: unknown) => void;
};

const host = acquireVsCodeApi();
const turns = element("turns", HTMLElement);
const form = element("follow-up", HTMLFormElement);
const question = element("question", HTMLTextAreaElement);

window.addEventListener("message", ({ data }: MessageEvent<TurnMessage>) => {
  sectionOf(data.turn).innerHTML = data.html; // Made by page.ts, in which nothing can run.
  form.classList.toggle("running", data.running);
  if (data.conversation !== undefined) {
    host.setState(data.conversation);
  }
});

document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element ? target.closest("button") : null;
  const turn = Number(button?.closest("section")?.dataset.turn);
  const action = button?.dataset.action;
  if (action === "open") {
    host.postMessage({ action, turn, citation: Number(button?.dataset.citation) });
  } else if (action === "copy" || action === "again") {
    host.postMessage({ action, turn });
  } else if (action === "stop") {
    host.postMessage({ action });
  }
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = question.value.trim();
  if (text && !form.classList.contains("running")) {
    host.postMessage({ action: "ask", question: text });
    question.value = "";
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    host.postMessage({ action: "stop" });
  } else if (event.key === "Enter" && !event.shiftKey && event.target === question) {
    event.preventDefault();
    form.requestSubmit();
  }
});

host.postMessage({ action: "ready" });

/** The place of a turn on the page; made where it is new. */
function sectionOf(turn: number): HTMLElement {
  const known = turns.querySelector<HTMLElement>(`section[data-turn="${turn}"]`);
  if (known) {
    return known;
  }
  const section = document.createElement("section");
  section.dataset.turn = String(turn);
  turns.append(section);
  // From here on the page stays where its reader is, however long the answer grows.
  requestAnimationFrame(() => {
    section.scrollIntoView({ block: "start" });
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
