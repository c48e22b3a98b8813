/** Where an invitation's secret waits while its holder signs in: this tab alone, until it is used. */
const keyOf = (invitation: string) => `hangtag.invitation.${invitation}`;

/**
 * Takes the secret of an invitation's link out of the address, before anybody else reads it: the sign-in page must not
 * learn it, and puts its own answer in the same place.
 */
export function keepInvitationSecret(): void {
  const invitation = /^\/invitation\/([0-9a-f-]+)$/.exec(location.pathname)?.[1];
  const secret = location.hash.slice(1);
  if (invitation === undefined || !/^[A-Za-z0-9_-]{20,64}$/.test(secret)) return;
  sessionStorage.setItem(keyOf(invitation), secret);
  history.replaceState(history.state, "", location.pathname + location.search);
}

export const invitationSecret = (invitation: string) => sessionStorage.getItem(keyOf(invitation));

export const forgetInvitationSecret = (invitation: string) => sessionStorage.removeItem(keyOf(invitation));
