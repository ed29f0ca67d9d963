/** Calendars of two cities, as they were declared for 2026. */
import { workingCalendar, type WorkingCalendar } from '../../src/city/deadlines.js';

/** Of all Spain (list of holidays of 2026, Boletín Oficial del Estado of October 2025). */
const SPAIN = [
  '2026-01-01',
  '2026-01-06',
  '2026-04-02',
  '2026-04-03',
  '2026-05-01',
  '2026-08-15',
  '2026-10-12',
  '2026-11-02',
  '2026-12-08',
  '2026-12-25',
];

/** Asturias: its own day, and the Monday after the Constitution's. Gijón: Antroxu and San Pedro. */
export const GIJON: WorkingCalendar = workingCalendar('Europe/Madrid', [
  { year: 2026, days: [...SPAIN, '2026-09-08', '2026-12-07', '2026-02-17', '2026-06-29'] },
]);

/** Castilla-La Mancha (Decreto 44/2025): Easter Monday and Corpus Christi. Toledo: San Ildefonso and 26 November. */
export const TOLEDO: WorkingCalendar = workingCalendar('Europe/Madrid', [
  { year: 2026, days: [...SPAIN, '2026-04-06', '2026-06-04', '2026-01-23', '2026-11-26'] },
]);
