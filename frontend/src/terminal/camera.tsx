import { useEffect, useRef, useState } from "react";
import { texts } from "../texts/en.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import type { Notice } from "./model.ts";
import { NoticeBand } from "./notice.tsx";
import { loadReader } from "./reader.ts";

const words = texts.terminal.camera;
/** A picture is read this often, in ms: quick to a person, easy on a phone. */
const LOOK_EVERY_MS = 150;
/** The same code in front of the camera counts once in this time, in ms. */
const SAME_AGAIN_AFTER_MS = 2_500;

type Props = { onScan: (text: string) => void; notice: Notice | undefined; onClose: () => void };

/** Reads tags with the device's camera. The reader is our own file and comes only when it is asked for. */
export function Camera({ onScan, notice, onClose }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<"starting" | "looking" | "refused">("starting");
  const scanned = useRef(onScan);
  scanned.current = onScan;
  useEffect(() => {
    const leave = new AbortController();
    const screen = video.current;
    if (screen === null) return undefined;
    look(
      screen,
      (text) => scanned.current(text),
      leave.signal,
      () => setState("looking"),
    ).catch(() => {
      if (!leave.signal.aborted) setState("refused");
    });
    return () => leave.abort();
  }, []);
  return (
    <Dialog title={words.title} isOpen onClose={onClose}>
      <div className="camera">
        <video ref={video} className="camera-picture" muted playsInline />
        <span className="camera-frame" aria-hidden="true" />
      </div>
      <p role="status">
        {state === "refused" ? words.refused : state === "looking" ? words.hold : words.starting}
      </p>
      <NoticeBand notice={notice} />
      <div className="form-end">
        <Button onPress={onClose}>{words.close}</Button>
      </div>
    </Dialog>
  );
}

async function look(
  video: HTMLVideoElement,
  onScan: (text: string) => void,
  signal: AbortSignal,
  onStarted: () => void,
): Promise<void> {
  const [stream, read] = await Promise.all([
    navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false }),
    loadReader(),
  ]);
  const stop = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  signal.addEventListener("abort", stop);
  if (signal.aborted) {
    stop();
    return;
  }
  video.srcObject = stream;
  await video.play();
  onStarted();
  let last = { text: "", at: 0 };
  while (!signal.aborted) {
    const text = await read(video);
    const again = text === last.text && performance.now() - last.at < SAME_AGAIN_AFTER_MS;
    if (text !== undefined) {
      last = { text, at: performance.now() };
      if (!again) onScan(text);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
