import { useSyncExternalStore } from "react";
import { texts } from "../texts/en.ts";
import { Button } from "../ui/button.tsx";
import { offlineCopy, takeUpdate } from "./offline-copy.ts";

const words = texts.terminal;

/** Whether this till would start without a network, and the newer version if one waits. */
export function Version({ idle }: { idle: boolean }) {
  const { ready, update } = useSyncExternalStore(offlineCopy.subscribe, offlineCopy.snapshot);
  return (
    <>
      <p className="soft">{ready ? words.worksOffline : words.notYetOffline}</p>
      {update && (
        <div className="till-menu-update">
          <p>
            <strong>{words.update}</strong>
            {!idle && <span className="soft small"> {words.updateHelp}</span>}
          </p>
          <Button onPress={takeUpdate}>{words.updateNow}</Button>
        </div>
      )}
    </>
  );
}
