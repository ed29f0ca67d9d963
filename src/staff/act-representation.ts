/** An act as REST and pages show it. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ActRow } from './act-rows.js';

export class ActApprovalRepresentation {
  @ApiProperty({ example: 'admin-1' })
  actor: string;
  @ApiProperty({ example: '2026-10-01T08:00:00.000Z' })
  at: string;
}

export class ActRepresentation {
  @ApiProperty({ example: '6d5f1a52-5d1e-5c9e-8b6e-1f0b5a2f4c11' })
  id: string;
  @ApiProperty({ example: 'close-early' })
  kind: string;
  @ApiProperty({ enum: ['pending', 'expired', 'approved', 'done', 'refused', 'withdrawn'] })
  state: string;
  @ApiProperty({
    type: Object,
    description: 'What is signed: the event as it will stand in the log, without its approvals',
  })
  act: object;
  @ApiProperty({ example: 'admin-1' })
  proposedBy: string;
  @ApiProperty({ example: '2026-10-01T08:00:00.000Z' })
  proposedAt: string;
  @ApiProperty({ example: '2026-10-08T08:00:00.000Z' })
  expiresAt: string;
  @ApiProperty({ type: [ActApprovalRepresentation] })
  approvals: ActApprovalRepresentation[];
  @ApiPropertyOptional({ example: 'admin-2' })
  withdrawnBy?: string;
  @ApiPropertyOptional({
    type: Object,
    example: { position: '1041' },
    description:
      'Of an act that is done: the position of its event. Of one that was refused: `rejected`, and why',
  })
  outcome?: object;
}

export function representAct(row: ActRow, expired: boolean): ActRepresentation {
  return {
    id: row.actId,
    kind: row.kind,
    state: expired ? 'expired' : row.state,
    act: row.act,
    proposedBy: row.proposedBy,
    proposedAt: row.proposedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    approvals: row.approvals.map(({ actor, at }) => ({ actor, at })),
    ...(row.withdrawnBy === undefined ? {} : { withdrawnBy: row.withdrawnBy }),
    ...(row.outcome === undefined ? {} : { outcome: row.outcome }),
  };
}
