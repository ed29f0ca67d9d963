/** Instants in requests. */
import { ValidateBy } from 'class-validator';
import { isInstant } from '../../projections/instant.js';

/** `@IsInstant()`: a field that is an instant in UTC with milliseconds. */
export function IsInstant(): PropertyDecorator {
  return ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value) => typeof value === 'string' && isInstant(value),
      defaultMessage: () => '$property must be an instant such as 2026-05-01T08:00:00.000Z',
    },
  });
}
