import { createBrowserRouter } from "react-router";
import { RouterProvider } from "react-router/dom";
import { CrashPage, NotFoundPage } from "./pages.tsx";
import * as shell from "./shell.tsx";

const router = createBrowserRouter([
  {
    ...shell,
    errorElement: <CrashPage />,
    HydrateFallback: () => null,
    children: [
      { index: true, lazy: () => import("./welcome.tsx") },
      { path: "events", lazy: () => import("./events.tsx") },
      {
        path: "events/:event",
        lazy: () => import("./event/layout.tsx"),
        children: [
          { index: true, lazy: () => import("./event/overview.tsx") },
          { path: "items", lazy: () => import("./event/items.tsx") },
          { path: "import", lazy: () => import("./event/import.tsx") },
          { path: "claims", lazy: () => import("./event/claims.tsx") },
          { path: "log", lazy: () => import("./event/log.tsx") },
        ],
      },
      { path: "sessions/:session/screen", lazy: () => import("./session/screen.tsx") },
      {
        path: "sessions/:session",
        lazy: () => import("./session/page.tsx"),
        children: [
          { index: true, lazy: () => import("./session/floor.tsx") },
          { path: "conflicts", lazy: () => import("./session/conflicts.tsx") },
          { path: "returns", lazy: () => import("./session/returns.tsx") },
          { path: "unlisted", lazy: () => import("./session/unlisted.tsx") },
          { path: "cash", lazy: () => import("./session/cash.tsx") },
          { path: "report", lazy: () => import("./session/report.tsx") },
        ],
      },
      { path: "emails", lazy: () => import("./emails.tsx") },
      { path: "invitation/:invitation", lazy: () => import("./invitation.tsx") },
      { path: "receipts/:receipt", lazy: () => import("./receipt.tsx") },
      { path: "operations", lazy: () => import("./operations/page.tsx") },
      { path: "*", Component: NotFoundPage },
    ],
  },
]);

/** The organizer's console. Its pages are chunks of their own. */
export const ConsoleApp = () => <RouterProvider router={router} />;
