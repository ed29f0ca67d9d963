/**
 * In the form that files a matter: what is open near there and says the same, while somebody writes. The server draws it; what is typed
 * is sent to it and kept nowhere, and her e-mail address only when she joins.
 */

/** After the last letter; milliseconds. */
const PAUSE = 600;
const SENT = ['kind', 'category', 'text', 'lat', 'long', 'address', 'area', 'private'];

export function showNear(form: HTMLFormElement, part: HTMLElement): void {
  let timer: number | undefined;
  let last = '';
  let asked = 0;
  const ask = async () => {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === 'string' && SENT.includes(name)) fields.append(name, value);
    }
    if (fields.toString() === last) return;
    last = fields.toString();
    const mine = ++asked;
    const drawn = await drawnBy(fields);
    // Something else was typed meanwhile.
    if (mine === asked) part.innerHTML = drawn;
  };
  const later = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), PAUSE);
  };
  form.addEventListener('input', later);
  part.addEventListener('submit', ({ target }) => {
    const email = form.querySelector<HTMLInputElement>('[name=email]');
    const hers =
      target instanceof HTMLFormElement ? target.querySelector<HTMLInputElement>('[name=email]') : null;
    if (email !== null && hers !== null) hers.value = email.value;
  });
  later();
}

/** Nothing where it could not be had: the step before sending shows it. */
async function drawnBy(fields: URLSearchParams): Promise<string> {
  try {
    const answer = await fetch('/matters/new/near', { method: 'POST', body: fields });
    return answer.ok ? await answer.text() : '';
  } catch {
    return '';
  }
}
