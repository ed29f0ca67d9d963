/**
 * On the page that covers a part of a photo: boxes are drawn over it with a pointer, or added, moved and resized with the
 * keyboard. They stand in the numbers of the form, in per cent, which say the same without this script.
 */

const [STEP, SMALLEST] = [1, 1];
const MIDDLE: Box = { left: 40, top: 40, width: 20, height: 20 };

/** Per cent of the picture. */
interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const SIDES = ['left', 'top', 'width', 'height'] as const;

const form = document.querySelector<HTMLFormElement>('form[data-redaction]');
const picture = form?.querySelector<HTMLElement>('[data-picture]');
const image = picture?.querySelector('img');
if (form && picture && image) begin(form, picture, image);

function begin(whole: HTMLFormElement, ground: HTMLElement, photo: HTMLImageElement): void {
  const rows = [...whole.querySelectorAll<HTMLElement>('[data-row]')].map((row) => [
    ...row.querySelectorAll('input'),
  ]);
  const { round, min, max, abs } = Math;
  const tenth = (value: number) => round(value * 10) / 10;

  const read = (inputs: readonly HTMLInputElement[]): Box | undefined => {
    const [left = NaN, top = NaN, width = NaN, height = NaN] = inputs.map((input) => input.valueAsNumber);
    return [left, top, width, height].every(Number.isFinite) ? { left, top, width, height } : undefined;
  };
  const write = (inputs: readonly HTMLInputElement[], box: Box | undefined) => {
    for (const [index, side] of SIDES.entries()) {
      const input = inputs[index];
      if (input !== undefined) input.value = box === undefined ? '' : String(tenth(box[side]));
    }
    draw();
  };
  const free = () => rows.find((inputs) => inputs.every((input) => input.value === ''));

  function draw(): void {
    const focused = ground.querySelector<HTMLElement>('button:focus')?.dataset.of;
    for (const old of ground.querySelectorAll('button')) old.remove();
    for (const [index, inputs] of rows.entries()) {
      const box = read(inputs);
      if (box === undefined) continue;
      const shown = shape(box);
      shown.dataset.of = String(index);
      shown.setAttribute('aria-label', `${ground.dataset.box ?? ''} ${index + 1}`);
      shown.addEventListener('keydown', (event) => keyed(event, inputs, box));
      ground.append(shown);
      if (focused === shown.dataset.of) shown.focus();
    }
  }

  function shape(box: Box): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    for (const side of SIDES) button.style[side] = `${box[side]}%`;
    return button;
  }

  function keyed(event: KeyboardEvent, inputs: readonly HTMLInputElement[], box: Box): void {
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      write(inputs, undefined);
      add?.focus();
      return;
    }
    const across = event.key === 'ArrowRight' ? STEP : event.key === 'ArrowLeft' ? -STEP : 0;
    const down = event.key === 'ArrowDown' ? STEP : event.key === 'ArrowUp' ? -STEP : 0;
    if (across === 0 && down === 0) return;
    event.preventDefault();
    const { left, top, width, height } = box;
    write(
      inputs,
      event.shiftKey
        ? {
            ...box,
            width: min(max(width + across, SMALLEST), 100 - left),
            height: min(max(height + down, SMALLEST), 100 - top),
          }
        : {
            ...box,
            left: min(max(left + across, 0), 100 - width),
            top: min(max(top + down, 0), 100 - height),
          },
    );
  }

  const at = ({ clientX, clientY }: PointerEvent) => {
    const { left, top, width, height } = photo.getBoundingClientRect();
    return {
      x: min(max(((clientX - left) / width) * 100, 0), 100),
      y: min(max(((clientY - top) / height) * 100, 0), 100),
    };
  };

  ground.addEventListener('pointerdown', (event) => {
    const inputs = free();
    if (event.target !== photo || event.button !== 0 || inputs === undefined) return;
    event.preventDefault();
    ground.setPointerCapture(event.pointerId);
    const from = at(event);
    const boxTo = (moved: PointerEvent): Box => {
      const to = at(moved);
      return {
        left: min(from.x, to.x),
        top: min(from.y, to.y),
        width: abs(to.x - from.x),
        height: abs(to.y - from.y),
      };
    };
    const drawn = shape(boxTo(event));
    ground.append(drawn);
    const move = (moved: PointerEvent) => {
      const box = boxTo(moved);
      for (const side of SIDES) drawn.style[side] = `${box[side]}%`;
    };
    const end = (last: PointerEvent) => {
      ground.removeEventListener('pointermove', move);
      ground.removeEventListener('pointerup', end);
      ground.removeEventListener('pointercancel', end);
      const box = boxTo(last);
      // A tap is no box.
      if (last.type === 'pointerup' && box.width >= SMALLEST && box.height >= SMALLEST) write(inputs, box);
      else draw();
    };
    ground.addEventListener('pointermove', move);
    ground.addEventListener('pointerup', end);
    ground.addEventListener('pointercancel', end);
  });
  photo.draggable = false;
  ground.classList.add('drawing');

  const add = whole.querySelector<HTMLButtonElement>('[data-add]');
  add?.addEventListener('click', () => {
    const inputs = free();
    if (inputs === undefined) return;
    write(inputs, MIDDLE);
    ground.querySelector<HTMLElement>(`[data-of="${rows.indexOf(inputs)}"]`)?.focus();
  });
  for (const part of [add, whole.querySelector<HTMLElement>('[data-help]')]) if (part) part.hidden = false;
  for (const input of rows.flat()) input.addEventListener('input', draw);
  draw();
}
