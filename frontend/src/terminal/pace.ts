/** The name of the browser's measures from a scan to the frame that shows its line. */
export const SCAN_TO_PAINT = "hangtag.scan-to-paint";
/** Measures kept; the browser would keep them all. */
const MAX_MEASURES = 2_000;
let measures = 0;

/** Measures from now to the moment after the next frame was painted. */
export function measureScan(): void {
  const start = performance.now();
  // The frame's callback runs before its painting, a message sent from there comes in after it.
  requestAnimationFrame(() => {
    const painted = new MessageChannel();
    painted.port1.onmessage = () => {
      if (measures >= MAX_MEASURES) {
        performance.clearMeasures(SCAN_TO_PAINT);
        measures = 0;
      }
      measures += 1;
      performance.measure(SCAN_TO_PAINT, { start, end: performance.now() });
    };
    painted.port2.postMessage(undefined);
  });
}
