/** A model that says nothing, as VS Code opens its chat with one alone; and a caller of tools. */

const { LanguageModelTextPart, Uri, commands, lm, window, workspace } = require("vscode");

/** Documents whose text is their query; nothing is left of them when they are closed. */
const SCHEME = "tool-result";
const VENDOR = "askdocs-browser-tests";
const MODEL = {
  id: "silent",
  name: "Silent",
  family: "silent",
  version: "1",
  maxInputTokens: 1000,
  maxOutputTokens: 1000,
  capabilities: { toolCalling: true },
  isUserSelectable: true,
  isDefault: true,
};

async function callTool() {
  const question = await window.showInputBox({ prompt: "A question for the tool" });
  const { content } = await lm.invokeTool("askdocs_ask", { input: { question } });
  const texts = content.map((part) => (part instanceof LanguageModelTextPart ? part.value : ""));
  const query = encodeURIComponent(texts.join(""));
  await window.showTextDocument(Uri.from({ scheme: SCHEME, path: "/result", query }));
}

exports.activate = ({ subscriptions }) => {
  subscriptions.push(
    lm.registerLanguageModelChatProvider(VENDOR, {
      provideLanguageModelChatInformation: () => [MODEL],
      provideLanguageModelChatResponse: async () => undefined,
      provideTokenCount: async () => 1,
    }),
    workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: ({ query }) => decodeURIComponent(query),
    }),
    commands.registerCommand("askdocs-browser-tests.callTool", callTool),
  );
  return lm.selectChatModels({ vendor: VENDOR }); // VS Code asks for models when somebody wants one.
};
