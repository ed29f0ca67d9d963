/** The ledger for whoever watches over the program (`/health/ready`). */
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import { POOL } from '../platform.module.js';
import { HealthDetails, within } from '../rest/health-details.js';
import { Ledger } from './ledger.js';
import { readShown } from './shown-head.js';

/** Sooner than whoever asks gives up. */
const DATABASE_MS = 1_000;

@Injectable()
export class LedgerDetails implements OnModuleInit {
  constructor(
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(HealthDetails) private readonly details: HealthDetails,
  ) {}

  onModuleInit(): void {
    this.details.tell('ledger', () => this.#look());
  }

  async #look() {
    const { state, code, witnesses, size } = this.ledger.health();
    const row = await within(
      DATABASE_MS,
      readShown(this.pool).catch(() => 'away' as const),
    );
    const signed = await this.ledger.signedLast();
    return {
      state,
      ...(code !== undefined && { code }),
      /** Events in the tree, under the last head that was signed, and under the one that is shown. */
      size: String(row === 'away' ? size : row.size),
      // On a host that does not sign, what is shown is all that is known.
      ...(signed !== undefined && {
        signedSize: String(signed.size),
        signedSecondsAgo: Math.max(0, Math.round((Date.now() - signed.at.getTime()) / 1_000)),
      }),
      ...(row !== 'away' && { shownSize: String(row.shown?.size ?? 0n) }),
      witnesses: {
        asked: witnesses.length,
        /** Those that did not cosign when they were asked last, by their names in the policy. */
        waitedFor: witnesses.flatMap(({ name, code: why }) =>
          why === undefined ? [] : [{ name, code: why }],
        ),
      },
    };
  }
}
