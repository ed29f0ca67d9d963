/** The two editions of the demo’s participatory budget: one that is over, and one with voting open. */
import { FINISHED, OPEN, type DemoProject } from './projects.js';

export interface Edition {
  name: string;
  title: { es: string; ast: string; en: string };
  projects: readonly DemoProject[];
  onRoll: number;
  voters: number;
  marked: number;
  /** Days of voting, and of them how many pass in the story. */
  days: number;
  pass: number;
}

export const EDITIONS: readonly Edition[] = [
  {
    name: 'first',
    title: {
      es: 'Presupuesto participativo, primera edición (demostración)',
      ast: 'Presupuestu participativu, primer edición (demostración)',
      en: 'Participatory budget, first edition (demonstration)',
    },
    projects: FINISHED,
    onRoll: 620,
    voters: 310,
    marked: 24,
    days: 14,
    pass: 14,
  },
  {
    name: 'second',
    title: {
      es: 'Presupuesto participativo, segunda edición (demostración)',
      ast: 'Presupuestu participativu, segunda edición (demostración)',
      en: 'Participatory budget, second edition (demonstration)',
    },
    projects: OPEN,
    onRoll: 640,
    voters: 190,
    marked: 0,
    days: 16,
    pass: 9,
  },
];
