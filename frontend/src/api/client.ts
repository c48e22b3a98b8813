import { problemFrom, Unreachable } from "./problem.ts";
import type * as Api from "./types.ts";

/** No request of a person's screen may hang for longer, in ms. */
const REQUEST_LIMIT_MS = 30_000;

export type Token = () => Promise<string>;

type Request = {
  method?: "GET" | "POST";
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
};

/** A client that speaks for whoever `token` names; without one, for nobody. */
export function createApi(token?: Token) {
  const call = <T>(path: string, request: Request = {}) =>
    send(path, request, token).then((r) => r.json() as T);
  const post = <T>(path: string, body: unknown = {}, key: string = crypto.randomUUID()) =>
    call<T>(path, { method: "POST", body, headers: { "idempotency-key": key } });
  const id = encodeURIComponent;

  return {
    configuration: () => call<Api.Configuration>("/configuration"),
    me: () => call<Api.Me>("/me"),

    events: (cursor?: string) => call<Api.Page<Api.ConsignmentEvent>>("/events", { query: { cursor } }),
    createEvent: (body: { name: string; starts_on?: string; ends_on?: string }, key: string) =>
      post<Api.Accepted & { id: string }>("/events", body, key),
    event: (event: string) => call<Api.ConsignmentEvent>(`/events/${id(event)}`),
    moveEvent: (event: string, to: Api.EventStatus) =>
      post<Api.Accepted>(`/events/${id(event)}/transitions`, { to }),
    items: (
      event: string,
      query: { cursor?: string | undefined; q?: string | undefined; status?: string | undefined },
    ) => call<Api.Page<Api.Item>>(`/events/${id(event)}/items`, { query }),
    consignors: (event: string) => call<Api.Page<Api.Consignor>>(`/events/${id(event)}/consignors`),
    streams: (event: string) => call<Api.Page<Api.StreamInfo>>(`/events/${id(event)}/streams`),
    log: (stream: string, signal?: AbortSignal) =>
      send(`/log/${id(stream)}`, { query: { from: 1 }, signal }, token).then((response) => response.text()),

    sessions: (event: string) => call<Api.Page<Api.Session>>(`/events/${id(event)}/sessions`),
    createSession: (event: string, body: { name: string; channels: ["floor"] }, key: string) =>
      post<Api.Accepted & { id: string }>(`/events/${id(event)}/sessions`, body, key),
    session: (session: string) => call<Api.Session>(`/sessions/${id(session)}`),
    steer: (session: string, step: "open" | "pause" | "resume" | "close") =>
      post<Api.Accepted>(`/sessions/${id(session)}/${step}`),
    pairing: (session: string) => post<Api.Pairing>(`/sessions/${id(session)}/pairings`),
    claim: (code: string, name: string) => post<Api.Claim>("/pairings/claim", { code, name }),
    summary: (session: string) => call<Api.SessionSummary>(`/sessions/${id(session)}/summary`),
    receipts: (session: string) => call<Api.Page<Api.Receipt>>(`/sessions/${id(session)}/receipts`),
    receipt: (receipt: string) => call<Api.Receipt>(`/receipts/${id(receipt)}`),

    terminal: () => call<Api.TerminalInfo>("/terminal"),
    catalogue: (session: string) => call<Api.Catalogue>(`/sessions/${id(session)}/catalogue`),
    sendReceipt: (session: string, body: Api.ReceiptCommand) =>
      post<Api.Receipt>(`/sessions/${id(session)}/receipts`, body, body.receipt),
  };
}

export type ApiClient = ReturnType<typeof createApi>;

async function send(path: string, request: Request, token: Token | undefined): Promise<Response> {
  const url = new URL(`/api/v1${path}`, location.origin);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined && value !== "") url.searchParams.set(name, String(value));
  }
  const headers = new Headers(request.headers);
  headers.set("accept", "application/json");
  if (token !== undefined) headers.set("authorization", `Bearer ${await token()}`);
  if (request.body !== undefined) headers.set("content-type", "application/json");
  const limit = AbortSignal.timeout(REQUEST_LIMIT_MS);
  const response = await fetch(url, {
    method: request.method ?? "GET",
    headers,
    body: request.body === undefined ? null : JSON.stringify(request.body),
    signal: request.signal === undefined ? limit : AbortSignal.any([limit, request.signal]),
  }).catch((error: unknown) => {
    if (request.signal?.aborted) throw error;
    throw new Unreachable(error);
  });
  if (!response.ok) throw await problemFrom(response);
  return response;
}
