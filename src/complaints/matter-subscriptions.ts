/** How people end the mails about a matter, without signing in and without the link to their matter. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import type { Outbox } from '../mail/outbox.js';
import type { Gathering } from './gathering.js';
import { streamOf } from './matters.js';
import type { People } from './people.js';

const PROOF_BYTES = 16;

export class MatterSubscriptions {
  /** @param key of this purpose alone, the same in all processes */
  constructor(
    private readonly key: Uint8Array,
    private readonly people: Pick<People, 'forgetAddress'>,
    private readonly outbox: Pick<Outbox, 'erase'>,
    private readonly gathering: Pick<Gathering, 'recount'>,
  ) {}

  /** What stands in the address at which mails to a person end: her id, and the proof that it is from us. */
  tokenOf(personId: string): string {
    const proof = createHmac('sha256', this.key).update(utf8(personId)).digest().subarray(0, PROOF_BYTES);
    return `${personId}.${toBase64url(proof)}`;
  }

  isOurs(token: string): boolean {
    const [right, given] = [Buffer.from(this.tokenOf(personOf(token))), Buffer.from(token)];
    return right.length === given.length && timingSafeEqual(right, given);
  }

  /** Deletes her address from the matter, and what was to be sent to it. Again does no harm. @returns whether the token is ours */
  async end(token: string): Promise<boolean> {
    if (!this.isOurs(token)) return false;
    const personId = personOf(token);
    const found = await this.people.forgetAddress(personId);
    if (found === undefined) return true;
    const { email, matterId } = found;
    await this.outbox.erase(email, streamOf(matterId));
    await this.gathering.recount(matterId, { email, personId });
    return true;
  }
}

function personOf(token: string): string {
  return token.split('.', 1)[0] ?? '';
}
