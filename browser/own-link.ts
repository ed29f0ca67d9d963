/**
 * On the page that takes a reporter's link: reads it out of the fragment, which browsers send nowhere, takes it out of the
 * address and sends the form. Without scripts she pastes it.
 */

const LINK = /^#([A-Za-z0-9_-]{43})$/;

const link = LINK.exec(location.hash)?.[1];
const input = document.querySelector<HTMLInputElement>('input[name=link]');
if (link !== undefined && input?.form) {
  history.replaceState(undefined, '', location.pathname);
  input.value = link;
  input.form.submit();
}
