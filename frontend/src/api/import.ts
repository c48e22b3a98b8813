import type { Token } from "./client.ts";
import { problemFrom, Unreachable } from "./problem.ts";
import type { ImportReport } from "./types.ts";

/** The most bytes one import takes (the platform's own limit on a body). */
export const MAX_IMPORT_BYTES = 2 * 1024 * 1024;

/**
 * Sends an inventory. `fetch` tells nothing about how far an upload is, so this one call is an XMLHttpRequest.
 * `onSent` is called with 0…1; at 1 the platform has the file and is deciding about its rows.
 */
export async function importInventory(
  event: string,
  file: File,
  token: Token,
  onSent: (share: number) => void,
): Promise<ImportReport> {
  const bearer = await token();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/events/${encodeURIComponent(event)}/imports`);
    request.setRequestHeader("authorization", `Bearer ${bearer}`);
    request.setRequestHeader("content-type", "text/csv; charset=utf-8");
    request.setRequestHeader("idempotency-key", crypto.randomUUID());
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => onSent(total === 0 ? 0 : loaded / total);
    request.upload.onload = () => onSent(1);
    request.onerror = () => reject(new Unreachable());
    request.onload = () => {
      if (request.status < 300) resolve(request.response as ImportReport);
      else reject(problemFrom(request.response, request.status));
    };
    request.send(file);
  });
}
