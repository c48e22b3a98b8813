import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { texts } from "../texts/en.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Failure } from "../ui/parts.tsx";

const words = texts.desk;

/** One way in which a case can end, with what follows from it. */
export type Ending<How extends string> = { how: How; label: string | undefined; help: string | undefined };

type Props<How extends string> = {
  endings: Ending<How>[];
  /** Sends the decision. */
  decide: (how: How) => Promise<unknown>;
  /** What is to be asked anew afterwards. */
  changes: QueryKey;
  onClose: () => void;
  /** What else is asked where it ends so, and whether that is wrong. */
  more?: (how: How | undefined) => { asked: ReactNode; wrong: boolean };
};

/** How it was, in a person's words; what follows from it is said before it is decided. */
export function EndingDialog<How extends string>({ endings, decide, changes, onClose, more }: Props<How>) {
  const cache = useQueryClient();
  const [how, setHow] = useState<How>();
  const resolve = useMutation({
    mutationFn: decide,
    onSuccess: onClose,
    onSettled: () => void cache.invalidateQueries({ queryKey: changes }),
  });
  const { asked, wrong } = more?.(how) ?? { asked: undefined, wrong: false };
  return (
    <Dialog title={words.resolveTitle} isOpen onClose={onClose}>
      <RadioGroup className="choices" value={how ?? null} onChange={(value) => setHow(value as How)}>
        <Label className="field-label">{words.resolveQuestion}</Label>
        {endings.map((ending) => (
          <Radio key={ending.how} value={ending.how} className="choice">
            <span className="choice-box choice-round" aria-hidden="true" />
            <span>
              {ending.label}
              <span className="soft small choice-help">{ending.help}</span>
            </span>
          </Radio>
        ))}
      </RadioGroup>
      {asked}
      {resolve.isError && <Failure error={resolve.error} />}
      <div className="form-end">
        <Button look="quiet" onPress={onClose}>
          {words.notNow}
        </Button>
        <Button
          look="primary"
          isDisabled={how === undefined || wrong}
          pending={resolve.isPending}
          onPress={() => how !== undefined && resolve.mutate(how)}
        >
          {words.resolveDo}
        </Button>
      </div>
    </Dialog>
  );
}
