// A stock count and what it finds, over HTTP.
import assert from "node:assert/strict";
import { before } from "node:test";
import { listToys, takeIn, takePart } from "./support/life.ts";
import { freshScene, on, type Scene } from "./support/scene.ts";

let tags: string[] = [];
let count = "";
let scene: Scene;

before(async () => {
  scene = await freshScene();
  await takePart(scene, [101]);
  tags = await listToys(scene, ["Kite", "Ball", "Puzzle"]);
  await takeIn(scene, tags);
});

const { list, of, table } = on(() => scene);

table("counts", [
  {
    what: "a stock count begins",
    method: "POST",
    path: of("/counts"),
    kinds: ["count_started"],
    status: 201,
    after: (recorded) => {
      count = recorded.id ?? "";
    },
  },
  {
    what: "tags are seen",
    method: "POST",
    path: () => `${of("/counts/")()}${count}/tags`,
    body: () => ({ tags: tags.slice(0, 2) }),
    kinds: ["items_counted"],
    refused: {
      path: of("/counts/00000000-0000-0000-0000-000000000000/tags"),
      status: 404,
      code: "count_unknown",
    },
  },
  {
    what: "what differs",
    method: "POST",
    path: () => `${of("/counts/")()}${count}/compare`,
    kinds: ["count_compared", "count_finished"],
    after: async () => {
      const done = await scene.admin.ok<{ status: string; counted: number; differences: number }>(
        "GET",
        `${of("/counts/")()}${count}`,
      );
      assert.deepEqual([done.status, done.counted, done.differences], ["finished", 2, 1]);
      const differences = await list<{ tag: string; class: string }>(
        `${of("/counts/")()}${count}/differences`,
      );
      assert.deepEqual(
        differences.items.map((row) => [row.tag, row.class]),
        [[tags[2], "missing"]],
      );
    },
  },
  {
    what: "another one begins",
    method: "POST",
    path: of("/counts"),
    kinds: ["count_started"],
    status: 201,
    after: (recorded) => {
      count = recorded.id ?? "";
    },
  },
  {
    what: "and is given up",
    method: "POST",
    path: () => `${of("/counts/")()}${count}/abandon`,
    kinds: ["count_abandoned"],
  },
]);
