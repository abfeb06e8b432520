/**
 * A model that says nothing, as VS Code opens its chat with one alone; a caller of tools; and odd
 * definitions.
 */

const {
  LanguageModelTextPart,
  Location,
  Position,
  Uri,
  commands,
  languages,
  lm,
  window,
  workspace,
} = require("vscode");

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

/** In the folder `odd`, what a file is called says how it is answered, from `lamp.py` beside it. */
const ODD_FILES = { language: "python", pattern: "**/odd/*.py" };
const FAR = new Position(1_000_000, 1_000_000);
const DEFINITIONS = {
  right: (lamp) => new Location(lamp, new Position(1, 8)),
  silent: () => new Promise(() => {}),
  failing: () => {
    throw new Error("No definitions.");
  },
  junk: () => [null, {}, "lamp.py"],
  elsewhere: () =>
    ["untitled:Untitled-9", "https://example.org/lamp.py", "jdt://contents/lamp.class"].map(
      (uri) => new Location(Uri.parse(uri), new Position(0, 0)),
    ),
  beyond: (lamp) => new Location(lamp, FAR),
  many: (lamp) => Array.from({ length: 5000 }, () => new Location(lamp, FAR)),
};

function provideDefinition({ uri }) {
  const name = uri.path.split("/").at(-1).replace(".py", "");
  return DEFINITIONS[name]?.(Uri.joinPath(uri, "..", "lamp.py"));
}

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
    languages.registerDefinitionProvider(ODD_FILES, { provideDefinition }),
    commands.registerCommand("askdocs-browser-tests.callTool", callTool),
  );
  return lm.selectChatModels({ vendor: VENDOR }); // VS Code asks for models when somebody wants one.
};
