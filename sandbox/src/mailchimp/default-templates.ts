/** Templates that a fresh account holds. Others are added through the API's own `templates/add`. */
const frame = (body: string): string =>
  `<div style="max-width:520px;margin:0 auto;padding:32px 16px;font:16px/1.5 system-ui,sans-serif;color:#22252b">${body}<p style="color:#5c5f66;font-size:14px">*|ORGANIZATION|*</p></div>`;

const SENDER = { from_email: "hello@example.org", from_name: "*|ORGANIZATION|*" };

export const DEFAULT_TEMPLATES = [
  {
    ...SENDER,
    slug: "hangtag-invitation",
    name: "hangtag-invitation",
    subject: "You are invited to *|ORGANIZATION|*",
    code: frame(
      '<h1>Hello *|NAME|*</h1><p>*|INVITER|* invites you to *|ORGANIZATION|* as *|ROLE|*.</p><p><a href="*|LINK|*">Accept the invitation</a></p>',
    ),
    text: "Hello *|NAME|*\n\n*|INVITER|* invites you to *|ORGANIZATION|* as *|ROLE|*.\n\n*|LINK|*\n",
  },
  {
    ...SENDER,
    slug: "hangtag-notice",
    name: "hangtag-notice",
    subject: "*|SUBJECT|*",
    code: frame('<h1>*|SUBJECT|*</h1><div mc:edit="main"></div>'),
    text: "*|SUBJECT|*\n\n*|TEXT|*\n",
  },
];
