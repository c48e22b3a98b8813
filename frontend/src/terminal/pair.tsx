import { type FormEvent, useEffect, useRef, useState } from "react";
import { createApi } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import { texts } from "../texts/en.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Mark } from "../ui/icons.tsx";
import { Failure } from "../ui/parts.tsx";
import { ThemeSwitch } from "../ui/theme-switch.tsx";
import type { TillDb } from "./db.ts";
import type { Pairing } from "./model.ts";

const words = texts.terminal;
const CODE_DIGITS = 8;
const NAME_KEY = "hangtag.till-name";
/** As long as a till's name may be (the platform refuses longer ones). */
const MAX_NAME_LENGTH = 40;

/** Takes the organizer's code; from then on this device is a till of that session. */
export function PairPage({ db, onPaired }: { db: TillDb; onPaired: (pairing: Pairing) => void }) {
  const [code, setCode] = useState(() => grouped(new URLSearchParams(location.search).get("code") ?? ""));
  const [name, setName] = useState(() => localStorage.getItem(NAME_KEY) ?? "");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const nameField = useRef<HTMLInputElement>(null);
  const digits = code.replace(/\D/g, "");
  const complete = digits.length === CODE_DIGITS && name.trim() !== "";

  // Arriving by link, the code is there already and only the name is missing.
  useEffect(() => {
    if (location.search.includes("code=")) nameField.current?.focus();
  }, []);

  const pair = async (event: FormEvent) => {
    event.preventDefault();
    if (!complete || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      const claim = await createApi().claim(digits, name.trim());
      const { token, terminal, session, organization } = claim;
      const pairing: Pairing = { token, terminal, session, organization, name: name.trim() };
      await db.set("pairing", pairing);
      localStorage.setItem(NAME_KEY, pairing.name);
      // The code has been used; it must not stand in the address to be reloaded.
      history.replaceState(history.state, "", location.pathname);
      onPaired(pairing);
    } catch (failure) {
      setError(readable(failure));
      setBusy(false);
    }
  };

  return (
    <main className="pair-page">
      <form className="pair-tag" onSubmit={(event) => void pair(event)}>
        <span className="tag-hole" aria-hidden="true" />
        <p className="pair-brand">
          <Mark size={28} /> {texts.product}
        </p>
        <h1>{words.pairTitle}</h1>
        <p>{words.pairLead}</p>
        <div className="pair-code">
          <Field
            label={words.code}
            hint={words.codeHint}
            value={code}
            onChange={(text) => setCode(grouped(text))}
            inputMode="numeric"
            autoComplete="one-time-code"
            autoFocus
            placeholder="000 000 00"
          />
        </div>
        <Field
          label={words.name}
          value={name}
          onChange={setName}
          placeholder={words.namePlaceholder}
          maxLength={MAX_NAME_LENGTH}
          inputRef={nameField}
        />
        {error !== undefined && <Failure error={error} />}
        <Button type="submit" look="primary" big wide isDisabled={!complete} pending={busy}>
          {busy ? words.pairing : words.pair}
        </Button>
      </form>
      <ThemeSwitch />
    </main>
  );
}

/** As the organizer's screen shows it: 482 913 07. */
function grouped(text: string): string {
  const digits = text.replace(/\D/g, "").slice(0, CODE_DIGITS);
  return [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)].filter((part) => part !== "").join(" ");
}

/** A refused code is said in the till's own words; anything else as it came. */
function readable(failure: unknown): unknown {
  const refused = failure instanceof Problem && failure.status < 500 && failure.status !== 429;
  return refused ? new Error(words.pairRefused) : failure;
}
