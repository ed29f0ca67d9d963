/**
 * On the page that takes a reporter's link, and on the page of one: reads a link out of the fragment, which browsers send nowhere, takes
 * it out of the address and sends the form. So the page is that of the link in the address, also where another one was open here before.
 * Without scripts she pastes it. Photos that she adds are made small.
 */

import { shrinkPhotos } from './small-photos.js';

const LINK = /^#([A-Za-z0-9_-]{43})$/;

function openLink(): void {
  const link = LINK.exec(location.hash)?.[1];
  const input = document.querySelector<HTMLInputElement>('input[name=link]');
  if (link === undefined || !input?.form) return;
  history.replaceState(undefined, '', location.pathname);
  input.value = link;
  input.form.submit();
}

openLink();
for (const form of document.forms) shrinkPhotos(form);
// A link that is opened where the page is already changes the fragment alone.
addEventListener('hashchange', openLink);
