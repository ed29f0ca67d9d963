/** Photos of the demo's city, which are drawings that nobody takes for photos: a few shapes on some ground. */
import sharp from 'sharp';

export const SCENES = ['lamp', 'pothole', 'litter', 'tree', 'bench'] as const;
export type Scene = (typeof SCENES)[number];

const WIDTH = 480;
const HEIGHT = 360;
const CHANNELS = 3;

type Colour = readonly [red: number, green: number, blue: number];
/** From the top left corner, in pixels. */
type Shape = readonly [Colour, (x: number, y: number) => boolean];

const SKY: Colour = [199, 222, 240];
const NIGHT: Colour = [38, 43, 74];
const GRASS: Colour = [126, 170, 94];
const ASPHALT: Colour = [120, 122, 128];
const PAVEMENT: Colour = [196, 190, 180];
const DARK: Colour = [52, 50, 54];
const WATER: Colour = [92, 108, 126];
const WOOD: Colour = [132, 88, 52];
const LEAVES: Colour = [74, 122, 62];
const RED: Colour = [196, 62, 52];
const WHITE: Colour = [240, 238, 230];

function box(colour: Colour, left: number, top: number, width: number, height: number): Shape {
  return [colour, (x, y) => x >= left && x < left + width && y >= top && y < top + height];
}

function oval(colour: Colour, middleX: number, middleY: number, radiusX: number, radiusY: number): Shape {
  return [colour, (x, y) => ((x - middleX) / radiusX) ** 2 + ((y - middleY) / radiusY) ** 2 <= 1];
}

/** What is later lies over what is before. */
const DRAWN: Readonly<Record<Scene, readonly Shape[]>> = {
  lamp: [
    box(NIGHT, 0, 0, WIDTH, HEIGHT),
    oval(WHITE, 90, 70, 26, 26),
    box(PAVEMENT, 0, 290, WIDTH, 70),
    box(DARK, 250, 70, 14, 230),
    box(DARK, 180, 70, 84, 12),
    oval(ASPHALT, 180, 92, 34, 16),
  ],
  pothole: [
    box(SKY, 0, 0, WIDTH, 90),
    box(PAVEMENT, 0, 90, WIDTH, 40),
    box(ASPHALT, 0, 130, WIDTH, 230),
    box(WHITE, 20, 180, 110, 14),
    box(WHITE, 350, 180, 110, 14),
    oval(DARK, 240, 260, 120, 52),
    oval(WATER, 250, 270, 84, 30),
  ],
  litter: [
    box(SKY, 0, 0, WIDTH, 150),
    box(PAVEMENT, 0, 150, WIDTH, 210),
    box(LEAVES, 190, 110, 90, 150),
    box(DARK, 180, 100, 110, 16),
    oval(WHITE, 150, 290, 36, 18),
    oval(RED, 320, 300, 26, 14),
    box(WOOD, 350, 230, 70, 48),
    oval(DARK, 230, 88, 44, 26),
  ],
  tree: [
    box(SKY, 0, 0, WIDTH, 250),
    box(GRASS, 0, 250, WIDTH, 110),
    box(WOOD, 225, 140, 34, 160),
    oval(LEAVES, 240, 110, 110, 76),
    oval(LEAVES, 170, 140, 60, 48),
    box(WOOD, 300, 286, 150, 16),
    oval(LEAVES, 430, 280, 40, 26),
  ],
  bench: [
    box(SKY, 0, 0, WIDTH, 190),
    box(GRASS, 0, 190, WIDTH, 170),
    box(WOOD, 110, 150, 260, 22),
    box(WOOD, 110, 184, 120, 22),
    box(WOOD, 100, 226, 280, 24),
    box(DARK, 124, 150, 12, 150),
    box(DARK, 344, 150, 12, 150),
    box(WOOD, 270, 312, 120, 18),
  ],
};

/** PNG. */
export async function drawing(scene: Scene): Promise<Uint8Array> {
  const shapes = [...DRAWN[scene]].reverse();
  const pixels = new Uint8Array(WIDTH * HEIGHT * CHANNELS);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++)
      pixels.set(shapes.find(([, covers]) => covers(x, y))?.[0] ?? WHITE, (y * WIDTH + x) * CHANNELS);
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: CHANNELS } })
    .png()
    .toBuffer();
}
