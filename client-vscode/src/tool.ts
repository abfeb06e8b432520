/** The language model tool `#docs`: the same request as "Ask the docs", for other models. */

import {
  type Disposable,
  LanguageModelTextPart,
  type LanguageModelTool,
  LanguageModelToolResult,
  lm,
} from "vscode";
import { withPassages } from "./answerText";
import { pathOf } from "./passage";
import type { Server } from "./server";

interface Input {
  question: string;
}

export function registerTool(server: Server): Disposable {
  const tool: LanguageModelTool<Input> = {
    prepareInvocation: ({ input }) => ({
      invocationMessage: `Asking the docs: ${input.question}`,
    }),
    invoke: async ({ input }, token) => {
      const ignored = (): void => undefined;
      const result = await server.ask({ question: input.question }, ignored, token);
      return new LanguageModelToolResult([
        new LanguageModelTextPart(withPassages(result, pathOf)),
      ]);
    },
  };
  return lm.registerTool("askdocs_ask", tool);
}
