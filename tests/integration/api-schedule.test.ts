// Slots and who booked them, over HTTP.
import assert from "node:assert/strict";
import { before } from "node:test";
import { move } from "./support/edge.ts";
import { inTwoWeeks, takePart } from "./support/life.ts";
import { freshScene, on, type Scene } from "./support/scene.ts";
import { first } from "./support/steps.ts";

let slot = "";
let booking = "";
let scene: Scene;

before(async () => {
  scene = await freshScene();
  await takePart(scene, [101, 103]);
  await move(scene.admin, scene.event, "intake");
});

const { list, of, table } = on(() => scene);

table("schedule", [
  {
    what: "slots are opened",
    method: "POST",
    path: of("/slots"),
    body: () => ({
      slots: [
        { kind: "shift", shift: "general_help", starts_at: inTwoWeeks, capacity: 1 },
        { kind: "drop_off", zone: 1, starts_at: inTwoWeeks, capacity: 2 },
      ],
    }),
    kinds: ["slots_opened"],
    status: 201,
    refused: {
      body: () => ({ slots: [{ kind: "pick_up", starts_at: inTwoWeeks, capacity: 0 }] }),
      status: 422,
      code: "capacity_unusable",
    },
    after: (recorded) => {
      slot = first<{ slots: { slot: string }[] }>(recorded).slots[0]?.slot ?? "";
    },
  },
  {
    what: "a place is booked",
    method: "POST",
    path: of("/bookings"),
    body: () => ({ slot, consignor: 101 }),
    kinds: ["booking_made"],
    status: 201,
    after: (recorded) => {
      booking = recorded.id ?? "";
    },
  },
  {
    what: "the next one waits",
    method: "POST",
    path: of("/bookings"),
    body: () => ({ slot, consignor: 103, wait: true }),
    kinds: ["booking_queued"],
    status: 201,
    refused: { body: () => ({ slot, consignor: 103 }), status: 409, code: "slot_full" },
    after: (recorded) => {
      booking = recorded.id ?? "";
    },
  },
  {
    what: "more places",
    method: "PATCH",
    path: () => `${of("/slots/")()}${slot}`,
    body: () => ({ capacity: 2 }),
    kinds: ["slot_resized", "booking_offered"],
    refused: { body: () => ({ capacity: 0 }), status: 422, code: "capacity_below_taken" },
  },
  {
    what: "the offer is taken up",
    method: "POST",
    path: () => `${of("/bookings/")()}${booking}/accept`,
    kinds: ["booking_confirmed"],
    after: async () => {
      const slots = await list<{ kind: string; taken: number; waiting: number }>(of("/slots?kind=shift")());
      assert.deepEqual(
        slots.items.map((row) => [row.taken, row.waiting]),
        [[2, 0]],
      );
    },
  },
  {
    what: "a helper is here",
    method: "POST",
    path: () => `${of("/bookings/")()}${booking}/check-in`,
    kinds: ["booking_checked_in"],
  },
  {
    what: "and done",
    method: "POST",
    path: () => `${of("/bookings/")()}${booking}/complete`,
    kinds: ["booking_completed"],
    after: async () => {
      const bookings = await list<{ booking: string; consignor: number; status: string }>(of("/bookings")());
      const mine = bookings.items.find((row) => row.consignor === 103);
      assert.equal(mine?.status, "completed");
      booking = bookings.items.find((row) => row.consignor === 101)?.booking ?? "";
    },
  },
  {
    what: "a booking is given up",
    method: "POST",
    path: () => `${of("/bookings/")()}${booking}/cancel`,
    body: () => ({ reason: "own_wish" }),
    kinds: ["booking_cancelled"],
  },
  {
    what: "a slot is called off",
    method: "POST",
    path: () => `${of("/slots/")()}${slot}/cancel`,
    body: () => ({ reason: "organizer" }),
    kinds: ["slot_cancelled"],
  },
]);
