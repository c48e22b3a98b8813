/** The name of the browser's measures from a scan to the frame that shows its line. */
export const SCAN_TO_PAINT = "hangtag.scan-to-paint";
/** Measures kept; the browser would keep them all. */
const MAX_MEASURES = 2_000;
/** A hidden page paints no frames; what waits for one then waits no longer than this, in ms. */
const PAINT_LIMIT_MS = 100;
let measures = 0;

/** Runs `act` once the next frame was painted. */
export function afterPaint(act: () => void): void {
  let done = false;
  const once = () => {
    if (!done) act();
    done = true;
  };
  setTimeout(once, PAINT_LIMIT_MS);
  // The frame's callback runs before its painting, a message sent from there comes in after it.
  requestAnimationFrame(() => {
    const painted = new MessageChannel();
    painted.port1.onmessage = once;
    painted.port2.postMessage(undefined);
  });
}

/** Measures from now to the moment after the next frame was painted. */
export function measureScan(): void {
  const start = performance.now();
  afterPaint(() => {
    if (measures >= MAX_MEASURES) {
      performance.clearMeasures(SCAN_TO_PAINT);
      measures = 0;
    }
    measures += 1;
    performance.measure(SCAN_TO_PAINT, { start, end: performance.now() });
  });
}
