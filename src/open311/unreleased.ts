/** What a matter that is not yet public is about. Its events do not say it: the details in force do, which staff reads, too. */
import type { MatterDetails } from '../complaints/details.js';
import type { Matters } from '../complaints/matters.js';

export class Unreleased {
  constructor(private readonly matters: Matters) {}

  /** `undefined`: there is no such matter, or its details are erased. */
  async of(matterId: string): Promise<MatterDetails | undefined> {
    return this.matters.details(await this.matters.look(matterId));
  }
}
