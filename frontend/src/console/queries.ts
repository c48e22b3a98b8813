import {
  infiniteQueryOptions,
  keepPreviousData,
  QueryCache,
  QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import type { ApiClient } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import { SignedOut } from "../auth/auth.ts";

/** Tries after the first one; a refusal is an answer and is never asked again. */
const MAX_RETRIES = 2;
/** For how long an answer is used without asking again when a screen comes back, in ms. */
const FRESH_MS = 5_000;

/** How often pages look again that fill without anybody's doing (e-mails, claims), in ms. */
const AGAIN_MS = 5_000;

/** Keeps the screens' answers. `onSignedOut` is called when the person's session has ended, here or elsewhere. */
export const createQueryClient = (onSignedOut: () => void) =>
  new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof SignedOut || (error instanceof Problem && error.status === 401)) onSignedOut();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: (failures, error) => !isAnswer(error) && failures < MAX_RETRIES,
      },
    },
  });

const isAnswer = (error: Error) =>
  error instanceof SignedOut || (error instanceof Problem && error.status < 500);

/** What the screens read, with the keys under which it is kept. */
export const queries = {
  me: (api: ApiClient) => queryOptions({ queryKey: ["me"], queryFn: () => api.me() }),
  events: (api: ApiClient) =>
    infiniteQueryOptions({
      queryKey: ["events"],
      queryFn: ({ pageParam }) => api.events(pageParam),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
    }),
  event: (api: ApiClient, event: string) =>
    queryOptions({ queryKey: ["event", event], queryFn: () => api.event(event) }),
  sessions: (api: ApiClient, event: string) =>
    queryOptions({ queryKey: ["event", event, "sessions"], queryFn: () => api.sessions(event) }),
  consignors: (api: ApiClient, event: string) =>
    queryOptions({ queryKey: ["event", event, "consignors"], queryFn: () => api.consignors(event) }),
  items: (api: ApiClient, event: string, q: string, status: string) =>
    infiniteQueryOptions({
      queryKey: ["event", event, "items", q, status],
      queryFn: ({ pageParam }) =>
        api.items(event, {
          cursor: pageParam,
          q: q === "" ? undefined : q,
          status: status === "" ? undefined : status,
        }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
    }),
  openInvitations: (api: ApiClient) =>
    queryOptions({ queryKey: ["invitations"], queryFn: () => api.openInvitations() }),
  streams: (api: ApiClient, event: string) =>
    queryOptions({ queryKey: ["event", event, "streams"], queryFn: () => api.streams(event) }),
  claims: (api: ApiClient, event: string) =>
    queryOptions({
      queryKey: ["event", event, "claims"],
      queryFn: () => api.claims(event),
      // A claim comes when some till hands in what it kept.
      refetchInterval: AGAIN_MS,
    }),
  log: (api: ApiClient, stream: string, from: number) =>
    queryOptions({
      queryKey: ["log", stream, from],
      queryFn: () => api.log(stream, from),
      placeholderData: keepPreviousData,
    }),
  session: (api: ApiClient, session: string) =>
    queryOptions({ queryKey: ["session", session], queryFn: () => api.session(session) }),
  summary: (api: ApiClient, session: string) =>
    queryOptions({ queryKey: ["session", session, "summary"], queryFn: () => api.summary(session) }),
  receipts: (api: ApiClient, session: string) =>
    queryOptions({ queryKey: ["session", session, "receipts"], queryFn: () => api.receipts(session) }),
  standing: (api: ApiClient, session: string) =>
    queryOptions({ queryKey: ["session", session, "standing"], queryFn: () => api.standing(session) }),
  conflicts: (api: ApiClient, session: string) =>
    queryOptions({ queryKey: ["session", session, "conflicts"], queryFn: () => api.conflicts(session) }),
  returns: (api: ApiClient, session: string) =>
    queryOptions({ queryKey: ["session", session, "returns"], queryFn: () => api.returns(session) }),
  unlisted: (api: ApiClient, session: string) =>
    queryOptions({ queryKey: ["session", session, "unlisted"], queryFn: () => api.unlisted(session) }),
  drawers: (api: ApiClient, session: string) =>
    queryOptions({ queryKey: ["session", session, "drawers"], queryFn: () => api.drawers(session) }),
  cashMovements: (api: ApiClient, session: string) =>
    queryOptions({ queryKey: ["session", session, "cash"], queryFn: () => api.cashMovements(session) }),
  report: (api: ApiClient, session: string) =>
    queryOptions({ queryKey: ["session", session, "report"], queryFn: () => api.report(session) }),
  emails: (api: ApiClient, status: string) =>
    infiniteQueryOptions({
      queryKey: ["emails", status],
      queryFn: ({ pageParam }) =>
        api.emails({ cursor: pageParam, status: status === "" ? undefined : status }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
      // Mails reach their end within seconds, and without anybody's doing.
      refetchInterval: AGAIN_MS,
    }),
  operatedStreams: (api: ApiClient) =>
    queryOptions({ queryKey: ["operations", "streams"], queryFn: () => api.operatedStreams() }),
  parkedStreams: (api: ApiClient) =>
    queryOptions({ queryKey: ["operations", "parked"], queryFn: () => api.parkedStreams() }),
  deadLetters: (api: ApiClient) =>
    infiniteQueryOptions({
      queryKey: ["operations", "letters"],
      queryFn: ({ pageParam }) => api.deadLetters(pageParam),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
    }),
  receipt: (api: ApiClient, receipt: string) =>
    queryOptions({ queryKey: ["receipt", receipt], queryFn: () => api.receipt(receipt) }),
};
