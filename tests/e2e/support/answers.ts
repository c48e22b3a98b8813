// Answers that get lost on their way to a till.

import type { Page } from "@playwright/test";

/** The platform hears the till, the till hears nothing: neither over HTTP nor on its open socket. */
export const loseAnswers = (till: Page) =>
  till.evaluate(() => {
    const { fetch: real } = window;
    const { send } = WebSocket.prototype;
    const lost = { fetch: real, send, now: true };
    Object.assign(window, { lost });
    window.fetch = async (input, init) => {
      const response = await real(input, init);
      if (response.url.endsWith("/commands")) throw new TypeError("the answer was lost");
      return response;
    };
    WebSocket.prototype.send = function (data) {
      const heard = this.onmessage;
      this.onmessage = (event) => {
        if (!lost.now) heard?.call(this, event);
      };
      send.call(this, data);
    };
  });

/** From now on answers arrive again. */
export const findAnswers = (till: Page) =>
  till.evaluate(() => {
    const { lost } = window as unknown as {
      lost?: { fetch: typeof fetch; send: WebSocket["send"]; now: boolean };
    };
    if (lost === undefined) return;
    lost.now = false;
    window.fetch = lost.fetch;
    WebSocket.prototype.send = lost.send;
  });
