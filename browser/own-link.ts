/**
 * On the page that takes a reporter's link, and on the page of one: reads a link out of the fragment, which browsers send nowhere, takes
 * it out of the address and sends the form. So the page is that of the link in the address, also where another one was open here before.
 * Without scripts she pastes it. Photos that she adds are made small.
 */

import { shrinkPhotos } from './small-photos.js';

const LINK = /^#([A-Za-z0-9_-]{43})$/;

function openLink(): void {
  const fragment = location.hash.slice(1);
  // What is no link is told by the server, as what is pasted; a place in the page is neither.
  if (fragment === '' || document.getElementById(fragment) !== null) return;
  const link = LINK.exec(location.hash)?.[1] ?? fragment;
  const input = document.querySelector<HTMLInputElement>('input[name=link]');
  if (!input?.form) return;
  history.replaceState(undefined, '', location.pathname);
  input.value = link;
  input.form.submit();
}

openLink();
for (const form of document.forms) shrinkPhotos(form);
// A link that is opened where the page is already changes the fragment alone.
addEventListener('hashchange', openLink);
