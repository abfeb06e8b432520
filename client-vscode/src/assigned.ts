/** Plain helpers over settings, free of VS Code's API. */

/** What `WorkspaceConfiguration.inspect` returns, as far as it is needed here. */
export type Inspection = Readonly<Record<string, unknown>>;

const NOT_SET_BY_ANYONE = new Set(["key", "languageIds", "defaultValue", "defaultLanguageValue"]);

/** Whether some person or workspace gave the setting a value, be it the default's. */
export function assigned(inspection: Inspection | undefined): boolean {
  return Object.entries(inspection ?? {}).some(
    ([layer, value]) => !NOT_SET_BY_ANYONE.has(layer) && value !== undefined,
  );
}

/** Turns [["docs.include", a], ["docs.exclude", b]] into {docs: {include: a, exclude: b}}. */
export function nested(values: readonly [key: string, value: unknown][]): Record<string, unknown> {
  const sections: Record<string, Record<string, unknown>> = {};
  for (const [key, value] of values) {
    const [section = "", name = ""] = key.split(".", 2);
    (sections[section] ??= {})[name] = value;
  }
  return sections;
}
