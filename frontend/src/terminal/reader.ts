import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import wasmUrl from "zxing-wasm/reader/zxing_reader.wasm?url";

/** What tags are printed in: one-dimensional for scanners, and the codes that phones like. */
const FORMATS = ["Code128", "Code39", "ITF", "EAN13", "QRCode", "DataMatrix"] as const;
/** Pictures are made this wide at most, in pixels: more only costs time. */
const MAX_WIDTH_PX = 1_280;

/** Reads the barcode in a picture; undefined when there is none. */
export type ReadPicture = (video: HTMLVideoElement) => Promise<string | undefined>;

/** Fetches the reader from this host and starts it. */
export async function loadReader(): Promise<ReadPicture> {
  await prepareZXingModule({ overrides: { locateFile: () => wasmUrl }, fireImmediately: true });
  const canvas = document.createElement("canvas");
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    if (paper === null || video.videoWidth === 0) return undefined;
    const scale = Math.min(1, MAX_WIDTH_PX / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    paper.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = paper.getImageData(0, 0, canvas.width, canvas.height);
    const [found] = await readBarcodes(picture, { formats: [...FORMATS], maxNumberOfSymbols: 1 });
    return found?.isValid === true ? found.text : undefined;
  };
}
