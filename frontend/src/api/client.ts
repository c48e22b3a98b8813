import createClient from "openapi-fetch";
import { problemFrom, Unreachable } from "./problem.ts";
import type { paths } from "./schema.generated.ts";
import type {
  CloseReason,
  NewClaimEnding,
  NewIdentification,
  NewInvitation,
  NewResolution,
  Position,
  TerminalCommand,
  TerminalRight,
  UnlistedLine,
} from "./types.ts";

/** No request of a person's screen may hang for longer, in ms. */
const REQUEST_LIMIT_MS = 30_000;
/** A till's command that got no answer for this long, in ms, is sent again: a shopper stands there. */
const COMMAND_LIMIT_MS = 8_000;
/** Rows asked for where a screen shows all of them; the platform gives at most this many at once. */
const WHOLE_PAGE = 200;
/** Pages read for one whole list: more is not a list that a person reads. */
const MAX_PAGES = 20;

export type Token = () => Promise<string>;

export type ItemQuery = { cursor?: string | undefined; q?: string | undefined; status?: string | undefined };
export type SessionStep = "open" | "pause" | "resume" | "close" | "cancel";

/**
 * A client that speaks for whoever `token` names; without one, for nobody. It remembers the last position that one
 * of its commands (or the live socket) has named, and asks every list for an answer that is at least as fresh.
 */
export function createApi(token?: Token) {
  const client = createClient<paths, "application/json" | "application/problem+json">({
    baseUrl: location.origin,
    fetch: boundedFetch,
  });
  if (token !== undefined) {
    client.use({
      async onRequest({ request }) {
        request.headers.set("authorization", `Bearer ${await token()}`);
        return request;
      },
    });
  }

  let newest: Position | undefined;
  const seen = (position: Position) => {
    newest = { stream: position.stream, seq: position.seq };
  };
  const fresh = () => (newest === undefined ? {} : { stream: newest.stream, min_seq: newest.seq });
  const command = async <T extends Position>(answer: Answer<T>): Promise<T> => {
    const accepted = await unwrap(answer);
    seen(accepted);
    return accepted;
  };
  const keyed = (key: string) => ({ "Idempotency-Key": key });
  const rowsOf = (cursor: string | undefined) => ({ ...given({ cursor }), limit: WHOLE_PAGE, ...fresh() });

  return {
    seen,

    configuration: () => unwrap(client.GET("/api/v1/configuration")),
    me: () => unwrap(client.GET("/api/v1/me")),

    events: (cursor?: string) =>
      unwrap(client.GET("/api/v1/events", { params: { query: { ...given({ cursor }), ...fresh() } } })),
    createEvent: (body: { name: string; starts_on?: string; ends_on?: string }, key: string) =>
      command(client.POST("/api/v1/events", { params: { header: keyed(key) }, body })),
    event: (event: string) =>
      unwrap(client.GET("/api/v1/events/{event}", { params: { path: { event }, query: fresh() } })),
    moveEvent: (event: string, to: string, reason: string | null, key: string) =>
      command(
        client.POST("/api/v1/events/{event}/transitions", {
          params: { path: { event }, header: keyed(key) },
          body: { to, reason },
        }),
      ),
    items: (event: string, query: ItemQuery) =>
      unwrap(
        client.GET("/api/v1/events/{event}/items", {
          params: { path: { event }, query: { ...given(query), ...fresh() } },
        }),
      ),
    consignors: (event: string) =>
      whole((cursor) =>
        unwrap(
          client.GET("/api/v1/events/{event}/consignors", {
            params: { path: { event }, query: { ...given({ cursor }), limit: WHOLE_PAGE, ...fresh() } },
          }),
        ),
      ),
    streams: (event: string) =>
      unwrap(client.GET("/api/v1/events/{event}/streams", { params: { path: { event } } })),
    log: (stream: string, from: number) =>
      unwrap(
        client.GET("/api/v1/log/{stream}", {
          params: { path: { stream }, query: { from } },
          parseAs: "text",
        }),
      ),

    sessions: (event: string) =>
      whole((cursor) =>
        unwrap(
          client.GET("/api/v1/events/{event}/sessions", {
            params: { path: { event }, query: { ...given({ cursor }), limit: WHOLE_PAGE, ...fresh() } },
          }),
        ),
      ),
    createSession: (event: string, body: { name: string; channels: string[] }, key: string) =>
      command(
        client.POST("/api/v1/events/{event}/sessions", {
          params: { path: { event }, header: keyed(key) },
          body,
        }),
      ),
    session: (session: string) =>
      unwrap(client.GET("/api/v1/sessions/{session}", { params: { path: { session }, query: fresh() } })),
    steer: (session: string, step: SessionStep, key: string) =>
      command(
        client.POST(`/api/v1/sessions/{session}/${step}`, {
          params: { path: { session }, header: keyed(key) },
        }),
      ),
    pairing: (session: string) =>
      command(client.POST("/api/v1/sessions/{session}/pairings", { params: { path: { session } } })),
    summary: (session: string) =>
      unwrap(
        client.GET("/api/v1/sessions/{session}/summary", { params: { path: { session }, query: fresh() } }),
      ),
    receipts: (session: string) =>
      unwrap(
        client.GET("/api/v1/sessions/{session}/receipts", { params: { path: { session }, query: fresh() } }),
      ),
    closeOver: (session: string, reason: CloseReason, key: string) =>
      command(
        client.POST("/api/v1/sessions/{session}/close-over", {
          params: { path: { session }, header: keyed(key) },
          body: { reason },
        }),
      ),
    report: (session: string) =>
      unwrap(
        client.GET("/api/v1/sessions/{session}/report", { params: { path: { session }, query: fresh() } }),
      ),
    standing: (session: string) =>
      unwrap(client.GET("/api/v1/sessions/{session}/terminals/standing", { params: { path: { session } } })),
    setTerminalRights: (session: string, terminal: string, rights: TerminalRight[], key: string) =>
      command(
        client.PUT("/api/v1/sessions/{session}/terminals/{terminal}/rights", {
          params: { path: { session, terminal }, header: keyed(key) },
          body: { rights },
        }),
      ),
    reportUnreachable: (session: string, terminal: string, key: string) =>
      command(
        client.POST("/api/v1/sessions/{session}/terminals/{terminal}/unreachable", {
          params: { path: { session, terminal }, header: keyed(key) },
        }),
      ),
    revokeTerminal: (session: string, terminal: string, key: string) =>
      command(
        client.DELETE("/api/v1/sessions/{session}/terminals/{terminal}", {
          params: { path: { session, terminal }, header: keyed(key) },
        }),
      ),
    conflicts: (session: string) =>
      whole((cursor) =>
        unwrap(
          client.GET("/api/v1/sessions/{session}/conflicts", {
            params: { path: { session }, query: rowsOf(cursor) },
          }),
        ),
      ),
    resolveConflict: (session: string, conflict: string, body: NewResolution, key: string) =>
      command(
        client.POST("/api/v1/sessions/{session}/conflicts/{conflict}/resolution", {
          params: { path: { session, conflict }, header: keyed(key) },
          body,
        }),
      ),
    claims: (event: string) =>
      whole((cursor) =>
        unwrap(
          client.GET("/api/v1/events/{event}/claims", {
            params: { path: { event }, query: rowsOf(cursor) },
          }),
        ),
      ),
    resolveClaim: (event: string, claim: string, body: NewClaimEnding, key: string) =>
      command(
        client.POST("/api/v1/events/{event}/claims/{case}/resolution", {
          params: { path: { event, case: claim }, header: keyed(key) },
          body,
        }),
      ),
    returns: (session: string) =>
      whole((cursor) =>
        unwrap(
          client.GET("/api/v1/sessions/{session}/returns", {
            params: { path: { session }, query: rowsOf(cursor) },
          }),
        ),
      ),
    unlisted: (session: string) =>
      whole((cursor) =>
        unwrap(
          client.GET("/api/v1/sessions/{session}/unlisted-lines", {
            params: { path: { session }, query: rowsOf(cursor) },
          }),
        ),
      ),
    identifyLine: (session: string, { receipt, line }: UnlistedLine, body: NewIdentification, key: string) =>
      command(
        client.POST("/api/v1/sessions/{session}/receipts/{receipt}/lines/{line}/identification", {
          params: { path: { session, receipt, line }, header: keyed(key) },
          body,
        }),
      ),
    drawers: (session: string) =>
      whole((cursor) =>
        unwrap(
          client.GET("/api/v1/sessions/{session}/drawers", {
            params: { path: { session }, query: rowsOf(cursor) },
          }),
        ),
      ),
    cashMovements: (session: string) =>
      whole((cursor) =>
        unwrap(
          client.GET("/api/v1/sessions/{session}/cash-movements", {
            params: { path: { session }, query: rowsOf(cursor) },
          }),
        ),
      ),
    mailReceipt: (receipt: string, email: string, key: string) =>
      unwrap(
        client.POST("/api/v1/receipts/{receipt}/email", {
          params: { path: { receipt }, header: keyed(key) },
          body: { email },
        }),
      ),
    emails: (query: { cursor?: string | undefined; status?: string | undefined }) =>
      unwrap(client.GET("/api/v1/emails", { params: { query: given(query) } })),
    resendEmail: (email: string, key: string) =>
      unwrap(
        client.POST("/api/v1/emails/{email}/resend", { params: { path: { email }, header: keyed(key) } }),
      ),
    invite: (body: NewInvitation, key: string) =>
      command(client.POST("/api/v1/invitations", { params: { header: keyed(key) }, body })),
    openInvitations: () =>
      unwrap(client.GET("/api/v1/invitations", { params: { query: { status: "open", ...fresh() } } })),
    withdrawInvitation: (invitation: string, key: string) =>
      command(
        client.DELETE("/api/v1/invitations/{invitation}", {
          params: { path: { invitation }, header: keyed(key) },
        }),
      ),
    acceptInvitation: (invitation: string, secret: string, key: string) =>
      command(
        client.POST("/api/v1/invitations/{invitation}/acceptance", {
          params: { path: { invitation }, header: keyed(key) },
          body: { secret },
        }),
      ),
    receipt: (receipt: string) =>
      unwrap(client.GET("/api/v1/receipts/{receipt}", { params: { path: { receipt }, query: fresh() } })),

    claim: (code: string, name: string) =>
      unwrap(client.POST("/api/v1/pairings/claim", { body: { code, name } })),
    terminal: () => unwrap(client.GET("/api/v1/terminal")),
    catalogue: (session: string, since = 0) =>
      unwrap(
        client.GET("/api/v1/sessions/{session}/catalogue", {
          params: { path: { session }, query: { since } },
        }),
      ),
    lookUpReceipt: (session: string, query: { number: number } | { tag: string }) =>
      unwrap(
        client.GET("/api/v1/sessions/{session}/receipt-lookup", { params: { path: { session }, query } }),
      ),
    command: (session: string, body: TerminalCommand) =>
      unwrap(
        client.POST("/api/v1/sessions/{session}/commands", {
          params: { path: { session } },
          body,
          signal: AbortSignal.timeout(COMMAND_LIMIT_MS),
        }),
      ),
    operatedStreams: () =>
      whole((cursor) =>
        unwrap(
          client.GET("/api/v1/operations/streams", {
            params: { query: { ...given({ cursor }), limit: WHOLE_PAGE } },
          }),
        ),
      ),
    parkedStreams: () =>
      whole((cursor) =>
        unwrap(
          client.GET("/api/v1/operations/parked-streams", {
            params: { query: { ...given({ cursor }), limit: WHOLE_PAGE } },
          }),
        ),
      ),
    resumeStream: (stream: string) =>
      unwrap(
        client.POST("/api/v1/operations/parked-streams/{stream}/resume", { params: { path: { stream } } }),
      ),
    deadLetters: (cursor?: string) =>
      unwrap(client.GET("/api/v1/operations/dead-letters", { params: { query: given({ cursor }) } })),
    redriveLetter: (letter: string) =>
      unwrap(
        client.POST("/api/v1/operations/dead-letters/{letter}/redrive", { params: { path: { letter } } }),
      ),
    compareStream: (stream: string) =>
      unwrap(client.POST("/api/v1/operations/streams/{stream}/beside", { params: { path: { stream } } })),
    switchStream: (stream: string) =>
      unwrap(
        client.POST("/api/v1/operations/streams/{stream}/beside/switch", { params: { path: { stream } } }),
      ),
    discardBeside: (stream: string) =>
      unwrap(client.DELETE("/api/v1/operations/streams/{stream}/beside", { params: { path: { stream } } })),
    lateCommand: (session: string, body: TerminalCommand) =>
      unwrap(
        client.POST("/api/v1/sessions/{session}/late-commands", { params: { path: { session } }, body }),
      ),
  };
}

export type ApiClient = ReturnType<typeof createApi>;

type Answer<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

async function unwrap<T>(answer: Answer<T>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok || data === undefined) throw problemFrom(error, response.status);
  return data;
}

/** Every page of a list that a screen shows as a whole. */
async function whole<T>(
  page: (cursor?: string) => Promise<{ items: T[]; next_cursor?: string | null }>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const { items, next_cursor } = await page(cursor);
    all.push(...items);
    if (next_cursor == null) break;
    cursor = next_cursor;
  }
  return all;
}

/** Leaves out what is not there: an empty parameter is not the same as none. */
function given<T extends Record<string, string | undefined>>(query: T): { [K in keyof T]?: string } {
  return Object.fromEntries(
    Object.entries(query).filter(([, value]) => value !== undefined && value !== ""),
  ) as {
    [K in keyof T]?: string;
  };
}

async function boundedFetch(request: Request): Promise<Response> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(REQUEST_LIMIT_MS)]);
  try {
    return await fetch(request, { signal });
  } catch (error) {
    throw new Unreachable(error);
  }
}
