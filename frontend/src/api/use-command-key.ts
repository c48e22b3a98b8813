import { useState } from "react";

/**
 * One key for each thing that is asked as long as the component is shown: pressing twice asks once, and something else
 * is another command. (A refusal is kept under its key: the same key with another body would be refused for that.)
 */
export function useCommandKey(): (body: unknown) => string {
  const [keys] = useState(() => new Map<string, string>());
  return (body) => {
    const asked = JSON.stringify(body);
    const key = keys.get(asked) ?? crypto.randomUUID();
    keys.set(asked, key);
    return key;
  };
}
