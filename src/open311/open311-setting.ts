/** The setting `CONCEJO_OPEN311`, checked. */
import {
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
  validateSync,
} from 'class-validator';

/** A client that files. */
export interface Open311Key {
  /** Of the institution or program that has it, never of a person: it stands in the log where its updates move a state. */
  readonly name: string;
  /** SHA-256 of the key, base64url. The key is random, so no slow hash is needed. */
  readonly keyHash: string;
  /** Whether its updates move states as staff does: for the city's own systems. Of others they are what somebody adds. */
  readonly moves: boolean;
}

export interface Open311Setting {
  /** How to reach who runs this, and where to get a key: what discovery says. */
  readonly contact: string;
  readonly keyService: string;
  readonly type: 'production' | 'test';
  readonly keys: readonly Open311Key[];
}

class Entry implements Open311Key {
  @Matches(/^[a-z0-9][a-z0-9-]{0,39}$/)
  name: string;
  @Matches(/^[A-Za-z0-9_-]{43}$/)
  keyHash: string;
  @IsOptional()
  @IsBoolean()
  moves: boolean;
}

class Whole {
  @IsString()
  @Length(1, 500)
  contact: string;
  @IsString()
  @Length(1, 500)
  keyService: string;
  @IsIn(['production', 'test'])
  type: 'production' | 'test';
  @IsArray()
  @ArrayUnique(({ name }: Entry) => name)
  @ArrayUnique(({ keyHash }: Entry) => keyHash)
  keys: readonly Entry[];
}

/** What is wrong with it as a text that goes on after its name. */
export function parseOpen311(value: unknown): Open311Setting | string {
  const { contact, keyService = contact, type = 'production', keys = [] } = (value ?? {}) as Partial<Whole>;
  const list: unknown = keys;
  const entries = Array.isArray(list)
    ? list.map((key: unknown) => {
        const { name, keyHash, moves = false } = (key ?? {}) as Partial<Entry>;
        return Object.assign(new Entry(), { name, keyHash, moves });
      })
    : undefined;
  const whole = Object.assign(new Whole(), { contact, keyService, type, keys: entries });
  for (const part of [whole, ...(entries ?? [])]) {
    const [wrong] = validateSync(part);
    if (wrong !== undefined) {
      return `has no good ${wrong.property}: ${Object.values(wrong.constraints ?? {})[0] ?? 'is not valid'}`;
    }
  }
  return {
    contact: whole.contact,
    keyService: whole.keyService,
    type: whole.type,
    keys: whole.keys.map(({ name, keyHash, moves }) => ({ name, keyHash, moves })),
  };
}
