/** Lines over two logarithmic axes, as SVG: a line of slope one grows in proportion. */

export type Point = readonly [x: number, seconds: number];

interface Line {
  readonly label: string;
  readonly unit: string;
  readonly points: readonly Point[];
}

const WIDTH = 360;
const HEIGHT = 300;
const MARGIN = 56;

/** One panel for each line, side by side, with the same scale of seconds. */
export function linesPicture(title: string, lines: readonly Line[]): string {
  const seconds = lines.flatMap(({ points }) => points.map(([, y]) => y));
  const [low, high] = [10 ** Math.floor(Math.log10(Math.min(...seconds))), Math.max(...seconds, 10)];
  const panels = lines.map((line, index) => panel(line, index * WIDTH, low, high));
  const width = lines.length * WIDTH;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${title}"`,
    ` font-family="sans-serif" font-size="11"><rect width="${width}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${width / 2}" y="18" text-anchor="middle" font-size="13">${title}</text>${panels.join('')}</svg>\n`,
  ].join('');
}

function panel({ label, unit, points }: Line, left: number, low: number, high: number): string {
  const xs = points.map(([x]) => x);
  const place = scale(Math.min(...xs), Math.max(...xs), left + MARGIN, left + WIDTH - 24);
  const level = scale(low, high, HEIGHT - MARGIN, 52);
  const path = points.map(([x, y]) => `${place(x)},${level(y)}`).join(' ');
  const bottom = HEIGHT - MARGIN;
  const grid = [low, low * 10, low * 100].filter((y) => y <= high);
  return [
    `<text x="${left + WIDTH / 2}" y="40" text-anchor="middle">${label}</text>`,
    ...grid.map(
      (y) =>
        `<line x1="${left + MARGIN}" x2="${left + WIDTH - 24}" y1="${level(y)}" y2="${level(y)}" stroke="#ddd"/>` +
        `<text x="${left + MARGIN - 6}" y="${level(y)}" text-anchor="end" dominant-baseline="middle">${y} s</text>`,
    ),
    `<polyline points="${path}" fill="none" stroke="#1f5fa8" stroke-width="2"/>`,
    ...points.map(
      ([x, y]) =>
        `<circle cx="${place(x)}" cy="${level(y)}" r="3" fill="#1f5fa8"/>` +
        `<text x="${place(x)}" y="${Number(level(y)) - 8}" text-anchor="middle">${y.toFixed(1)}</text>` +
        `<text x="${place(x)}" y="${bottom + 16}" text-anchor="middle">${x.toLocaleString('en')}</text>`,
    ),
    `<text x="${left + WIDTH / 2}" y="${bottom + 34}" text-anchor="middle">${unit}</text>`,
  ].join('');
}

/** Logarithmic, rounded to a tenth of a pixel. */
function scale(from: number, to: number, start: number, end: number): (value: number) => string {
  const span = Math.log(to / from);
  return (value) => (start + ((end - start) * Math.log(value / from)) / span).toFixed(1);
}
