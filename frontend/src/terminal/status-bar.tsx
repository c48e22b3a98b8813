import { useState } from "react";
import { Button as AriaButton, Dialog as AriaDialog, DialogTrigger, Popover } from "react-aria-components";
import { texts } from "../texts/en.ts";
import { clock, count } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon, Mark } from "../ui/icons.tsx";
import { Lamp } from "../ui/lamp.tsx";
import { ThemeSwitch } from "../ui/theme-switch.tsx";
import type { Pairing } from "./model.ts";
import { setSounds, soundsOn } from "./sound.ts";
import type { TillState } from "./state.ts";
import { Version } from "./version.tsx";

const words = texts.terminal;

type Props = { state: TillState; pairing: Pairing; onUnpair: () => void };

/** Which till, which session, how the connection stands, what still waits: always in sight. */
export function StatusBar({ state, pairing, onUnpair }: Props) {
  const { live, waiting, info } = state;
  const [leaving, setLeaving] = useState(false);
  const offline = live.phase === "offline";
  return (
    <header className={offline ? "bar bar-offline" : "bar"}>
      <Mark size={30} />
      <p className="bar-who">
        <strong>{pairing.name}</strong>
        <span className="bar-session">{info?.session.name ?? ""}</span>
      </p>
      <p className="bar-state">
        <Lamp state={live.phase}>
          {offline ? words.connection.offline(clock(live.since)) : words.connection[live.phase as "live"]}
        </Lamp>
        <span className={waiting > 0 ? "bar-waiting" : "bar-waiting bar-nothing"}>
          {waiting > 0 ? words.connection.waiting(waiting) : words.connection.allSent}
        </span>
      </p>
      <DialogTrigger>
        <AriaButton className="icon-button" aria-label={words.menu}>
          <Icon name="more" />
        </AriaButton>
        <Popover className="popover" placement="bottom end">
          <AriaDialog className="till-menu" aria-label={words.menu}>
            <p className="soft">{words.ready(count(state.items))}</p>
            <Version idle={idle(state)} />
            <Sounds />
            <ThemeSwitch />
            <div className="till-menu-end">
              <p className="soft small">{waiting > 0 ? words.unpairWaiting(waiting) : words.unpairHelp}</p>
              <Button
                look="danger"
                isDisabled={waiting > 0 && state.dismissed === undefined}
                onPress={() => setLeaving(true)}
              >
                {words.unpair}
              </Button>
            </div>
          </AriaDialog>
        </Popover>
      </DialogTrigger>
      <Dialog title={words.unpairTitle} isOpen={leaving} onClose={() => setLeaving(false)}>
        <p>{words.unpairAsk}</p>
        <div className="form-end">
          <Button look="quiet" onPress={() => setLeaving(false)}>
            {words.unpairStay}
          </Button>
          <Button look="danger" onPress={onUnpair}>
            {words.unpair}
          </Button>
        </div>
      </Dialog>
    </header>
  );
}

/** Nothing is under way that a restart would interrupt. */
const idle = ({ basket, step }: TillState) => basket.length === 0 && step.name === "basket";

function Sounds() {
  const [on, setOn] = useState(soundsOn);
  const toggle = () => {
    setSounds(!on);
    setOn(!on);
  };
  return (
    <Button onPress={toggle}>
      <Icon name={on ? "sound" : "mute"} />
      {on ? words.soundsOn : words.soundsOff}
    </Button>
  );
}
