/** Input is checked by class-validator; what is wrong comes back field by field, as one problem. */
import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { Problem, type FieldError } from './problem.js';

/** Errors that are told at most. */
const MAX_ERRORS = 50;

/** No id has the character that no database keeps: one with it becomes another that is nowhere, and is answered as such. */
class InputPipe extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const isId = metadata.type === 'param' && typeof value === 'string';
    return super.transform(isId ? value.replaceAll('\0', '\uFFFD') : value, metadata);
  }
}

/** Unknown fields are refused: a misspelt optional one would otherwise be lost in silence. */
export function validationPipe(): ValidationPipe {
  return new InputPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors: ValidationError[]) => invalidInput(errors),
  });
}

/** One entry for each broken rule: `field` is a path such as `areas.0.budget`, `code` the rule as `is-int`. */
export function invalidInput(errors: readonly ValidationError[]): Problem {
  const all = errors.flatMap((error) => flatten(error, '')).slice(0, MAX_ERRORS);
  return new Problem('invalid-input', { errors: all, field: all[0]?.field });
}

function flatten({ property, constraints, children }: ValidationError, prefix: string): FieldError[] {
  const field = prefix + property;
  const own = Object.entries(constraints ?? {}).map(([rule, message]) => ({
    field,
    code: kebab(rule),
    message,
  }));
  return [...own, ...(children ?? []).flatMap((child) => flatten(child, `${field}.`))];
}

function kebab(rule: string): string {
  return rule.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}
