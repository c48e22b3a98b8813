// Items from the list to the door of the hall, over HTTP: listed, edited, drafted, checked in, pulled, gone.
import assert from "node:assert/strict";
import { before } from "node:test";
import { move } from "./support/edge.ts";
import { listedTags, takePart, toy } from "./support/life.ts";
import { freshScene, on, type Scene } from "./support/scene.ts";
import { first } from "./support/steps.ts";

let tags: string[] = [];
let scene: Scene;

before(async () => {
  scene = await freshScene();
  await takePart(scene, [101]);
});

const { list, of, table } = on(() => scene);

table("items", [
  {
    what: "items are listed",
    method: "POST",
    path: of("/items"),
    body: () => ({
      items: ["Kite", "Ball", "Puzzle", "Robot", "Train", "Doll", "Drum"].map((title) => toy(title)),
    }),
    kinds: ["items_listed"],
    status: 201,
    refused: { body: () => ({ items: [] }), status: 422, code: "too_many_items" },
    after: (recorded) => {
      tags = listedTags(recorded);
      assert.equal(tags.length, 7);
    },
  },
  {
    what: "one is edited",
    method: "PATCH",
    path: () => `${of("/items/")()}${tags[0]}`,
    body: () => ({ price_cents: 450, reduce: true }),
    kinds: ["items_edited"],
    refused: { path: of("/items/0010000000"), status: 404, code: "not_found" },
  },
  {
    what: "many are",
    method: "PATCH",
    path: of("/items"),
    body: () => ({ tags: tags.slice(1, 3), change: { donate: true } }),
    kinds: ["items_edited"],
    refused: { body: () => ({ tags: [tags[1], tags[1]], change: {} }), status: 422, code: "tag_repeated" },
  },
  {
    what: "prices follow one rule",
    method: "POST",
    path: of("/items/reprice"),
    body: () => ({ tags: tags.slice(1, 3), reduce_bp: 5000 }),
    kinds: ["items_edited"],
    refused: {
      body: () => ({ tags, set_cents: 1, reduce_bp: 1 }),
      status: 400,
      code: "price_change_unclear",
    },
    after: async () => {
      const sorted = await list<{ price_cents: number }>(of("/items?sort=price_cents&limit=2&count=true")());
      assert.deepEqual(
        sorted.items.map((row) => row.price_cents),
        [250, 250],
      );
      assert.equal(sorted.total, 7);
      const next = await list<{ price_cents: number }>(
        of(`/items?sort=price_cents&limit=2&cursor=${sorted.next_cursor}`)(),
      );
      assert.deepEqual(
        next.items.map((row) => row.price_cents),
        [450, 500],
      );
    },
  },
  {
    what: "tags are printed",
    method: "POST",
    path: of("/items/print"),
    body: () => ({ tags: tags.slice(0, 1) }),
    kinds: ["tags_printed"],
  },
  {
    what: "an item gets another tag",
    method: "POST",
    path: () => `${of("/items/")()}${tags[6]}/retag`,
    body: () => ({ reason: "lost" }),
    kinds: ["item_retagged"],
    refused: { path: of("/items/x/retag"), status: 404, code: "not_found" },
  },
  {
    what: "a draft is kept",
    method: "POST",
    path: of("/drafts"),
    body: () => ({ ...toy(""), title: "", price_cents: 0 }),
    kinds: ["draft_saved"],
    status: 201,
    refused: {
      body: () => ({ ...toy("x"), consignor: 999 }),
      status: 422,
      code: "consignor_not_participating",
    },
    after: (recorded) => {
      tags.push(first<{ tag: string }>(recorded).tag);
    },
  },
  {
    what: "kept again",
    method: "PUT",
    path: () => `${of("/drafts/")()}${tags[7]}`,
    body: () => ({ ...toy("Wagon"), price_cents: 0 }),
    kinds: ["draft_saved"],
  },
  {
    what: "listed whole",
    method: "POST",
    path: () => `${of("/drafts/")()}${tags[7]}/complete`,
    body: () => toy("Wagon", 900),
    kinds: ["items_listed"],
    refused: {
      body: () => ({ ...toy("Wagon", 900), category: "cars" }),
      status: 422,
      code: "category_unknown",
    },
  },
  {
    what: "another one is kept",
    method: "POST",
    path: of("/drafts"),
    body: () => toy("Lamp"),
    kinds: ["draft_saved"],
    status: 201,
    after: (recorded) => {
      tags.push(first<{ tag: string }>(recorded).tag);
    },
  },
  {
    what: "and given up",
    method: "DELETE",
    path: () => `${of("/drafts/")()}${tags[8]}`,
    kinds: ["draft_discarded"],
    after: async () => {
      await move(scene.admin, scene.event, "intake");
    },
    refused: { path: () => `${of("/drafts/")()}${tags[0]}`, status: 422, code: "not_a_draft" },
  },
  {
    what: "items are checked in",
    method: "POST",
    path: of("/items/check-in"),
    body: () => ({ tags: tags.slice(0, 4) }),
    kinds: ["items_checked_in"],
    refused: { body: () => ({ tags: [] }), status: 422, code: "too_many_tags" },
  },
  {
    what: "one is refused",
    method: "POST",
    path: of("/items/reject"),
    body: () => ({ tags: tags.slice(4, 5), reason: "stained" }),
    kinds: ["items_rejected"],
  },
  {
    what: "one is pulled",
    method: "POST",
    path: of("/items/pull"),
    body: () => ({ tags: tags.slice(3, 4), reason: "own_wish" }),
    kinds: ["items_pulled"],
  },
  {
    what: "and put up again",
    method: "POST",
    path: of("/items/reinstate"),
    body: () => ({ tags: tags.slice(3, 4) }),
    kinds: ["items_reinstated"],
  },
  {
    what: "one leaves the hall",
    method: "POST",
    path: of("/items/depart"),
    body: () => ({ tags: tags.slice(3, 4), how: "picked_up" }),
    kinds: ["items_departed"],
    after: async () => {
      const one = await scene.admin.call<{ status: string; printed_cents: number }>(
        "GET",
        `${of("/items/")()}${tags[0]}`,
      );
      assert.deepEqual([one.body.status, one.body.printed_cents], ["checked_in", 450]);
      const etag = one.headers.etag as string;
      assert.match(etag, /^"\d+"$/);
      const same = await scene.admin.call("GET", `${of("/items/")()}${tags[0]}`, {
        headers: { "if-none-match": etag },
      });
      assert.equal(same.status, 304);
    },
  },
]);
