/** What two persons do together with an election: closing early, reopening, paper, certifying, revoking, annulling. */
import { randomBytes } from 'node:crypto';
import type { CommandBus } from '@nestjs/cqrs';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { annulledBallots, annulledRoot, type CastMetadata } from '../../projections/annulment.js';
import { bytesOf, toBase64url } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { openEvent } from '../../projections/event.js';
import { isInstant } from '../../projections/instant.js';
import { areInOrder, batchDigest, MAX_SHEETS_BYTES, sealBatch } from '../../projections/paper.js';
import { canonicalBytes } from '../../projections/canonical.js';
import { ContentLife } from '../contents/content-life.js';
import { Contents } from '../contents/contents.js';
import { boxKeyPair } from '../crypto/boxes.js';
import { ballotMaker } from '../crypto/node-crypto.js';
import { isRejection, type Rejection } from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { faultyField, type ActDescription } from '../staff/act-description.js';
import type { ActKind, ApprovedAct, Executed, Prepared } from '../staff/act-kinds.js';
import type { Acts } from '../staff/acts.js';
import { fillBox, logOf } from './counting.js';
import { reasonOf, releaseWords } from './define.commands.js';
import * as about from './election-acts.about.js';
import { PAPER_OFFICER, RETURNING_OFFICER, type ElectionCommand } from './election.js';
import { ChangeElection, type Answer } from './elections.commands.js';
import type { OpenElections } from './open-elections.js';
import { hasOpenBatch } from './reconcile.commands.js';
import { moveClose } from './schedule-rules.js';

/** Where the reason stands in a proposal. */
const REASON_FIELD = 'body.reason';

export interface ElectionActServices {
  commands: CommandBus;
  store: EventStore;
  crypto: Crypto;
  contents: Contents;
  life: ContentLife;
  acts: Acts;
  elections: OpenElections;
}

export function electionActs(services: ElectionActServices): ActKind[] {
  const rowOf = async (electionId: string) => (await services.elections.fresh(electionId)).row;

  return [
    kind(
      services,
      'close-early',
      'VotingClosed',
      about.closeEarly,
      async (body, actId) => {
        const reason = await reasonOf(services.contents, body.reason, REASON_FIELD);
        return isRejection(reason) ? reason : { electionId: body.electionId, cause: 'early', actId, reason };
      },
      ({ actId, reason }, approvals) => ({ do: 'close-early', actId, reason, approvals }),
    ),

    kind(
      services,
      'reopen',
      'VotingReopened',
      about.reopen,
      async (body, actId) => {
        const row = await rowOf(body.electionId);
        if (row === undefined) return { rejected: 'election-unknown' };
        const schedule = moveClose(row.schedule, body);
        if ('rejected' in schedule) return schedule;
        const reason = await reasonOf(services.contents, body.reason, REASON_FIELD);
        if (isRejection(reason)) return reason;
        return { electionId: body.electionId, actId, schedule, reason };
      },
      ({ actId, schedule, reason }, approvals) => ({ do: 'reopen', actId, schedule, reason, approvals }),
    ),

    kind(
      services,
      'certify',
      'ResultCertified',
      about.certify,
      (body, actId) => Promise.resolve({ ...body, actId }),
      ({ actId, tally, outputDigest }, approvals) => ({
        do: 'certify',
        actId,
        tally,
        outputDigest,
        approvals,
      }),
    ),

    kind(
      services,
      'revoke',
      'ResultRevoked',
      about.revoke,
      async (body, actId) => {
        const reason = await reasonOf(services.contents, body.reason, REASON_FIELD);
        return isRejection(reason)
          ? reason
          : { electionId: body.electionId, actId, tally: body.tally, reason };
      },
      ({ actId, tally, reason }, approvals) => ({ do: 'revoke', actId, tally, reason, approvals }),
    ),

    kind(
      services,
      'annul-election',
      'ElectionAnnulled',
      about.annulElection,
      async (body, actId) => {
        const basis = await reasonOf(services.contents, body.reason, REASON_FIELD);
        return isRejection(basis) ? basis : { electionId: body.electionId, actId, basis };
      },
      ({ actId, basis }, approvals) => ({ do: 'annul', actId, basis, approvals }),
    ),

    annulBallots(services),
    recordBatch(services),
    reconcileMissing(services),
  ];
}

/** Ballots found by a rule. The ids are worked out when it is proposed and once more when it is carried out. */
function annulBallots(services: ElectionActServices): ActKind {
  const { store, crypto } = services;
  return kind(
    services,
    'annul-ballots',
    'BallotsAnnulled',
    about.annulBallots,
    async (body, actId) => {
      const { electionId, rule, scope } = body;
      if (rule.name === 'hours' && !(isInstant(rule.from) && isInstant(rule.until))) {
        return { rejected: 'instant-invalid', field: 'body.rule' };
      }
      const { row } = await services.elections.fresh(electionId);
      if (row === undefined) return { rejected: 'election-unknown' };
      const basis = await reasonOf(services.contents, body.reason, REASON_FIELD);
      if (isRejection(basis)) return basis;
      const through = Number((await store.head()) + 1n);
      const ids = annulledBallots(rule, scope, through, await castBallots(services, electionId, through));
      if (ids.length === 0) return { rejected: 'nothing-to-annul' };
      const afterKey = row.key !== undefined;
      return {
        electionId,
        actId,
        rule,
        scope,
        through,
        count: ids.length,
        idsRoot: annulledRoot(crypto, ids),
        afterKey,
        basis,
      };
    },
    async (data, approvals) => {
      const { electionId: _id, afterKey: _afterKey, ...annulment } = data;
      const cast = await castBallots(services, data.electionId, data.through);
      const ids = annulledBallots(data.rule, data.scope, data.through, cast);
      return { do: 'annul-ballots', annulment: { ...annulment, approvals }, ids };
    },
  );
}

async function castBallots(
  { store, crypto }: ElectionActServices,
  electionId: string,
  through: number,
): Promise<CastMetadata[]> {
  const cast: CastMetadata[] = [];
  for await (const page of logOf(store, electionId, BigInt(through))) {
    for (const recorded of page) {
      if (recorded.type !== 'BallotCast' || !recorded.stream.startsWith(`ballots-${electionId}.`)) continue;
      const event = openEvent(crypto, recorded);
      if (event.type !== 'BallotCast') continue;
      cast.push({ id: event.data.id, v: event.data.v, at: event.at, position: Number(event.position) });
    }
  }
  return cast;
}

/** A paper batch: keyed by one officer, keyed again by another, recorded when both are the same. */
function recordBatch(services: ElectionActServices): ActKind {
  const { crypto } = services;
  const first = Compile(about.recordBatch.body);
  const second = Compile(about.recordBatch.second.body);
  const type = 'PaperBatchRecorded';
  return {
    kind: 'record-batch',
    roles: [PAPER_OFFICER],
    about: about.recordBatch,
    prepare: async (body, { actId }): Promise<Prepared | Rejection> => {
      if (!first.Check(body)) return malformed(first, body);
      const { electionId, batch, sheets } = body;
      if (!areInOrder(sheets)) return { rejected: 'sheets-malformed', field: 'body.sheets' };
      const { row, batches } = await services.elections.fresh(electionId);
      if (row?.opening === undefined) return { rejected: 'election-unknown' };
      if (row.definition.paper === 'none') return { rejected: 'no-paper' };
      if (row.phase !== 'closed') return { rejected: 'wrong-phase', detail: { phase: row.phase } };
      if (batches.includes(batch)) return { rejected: 'batch-exists' };
      if (canonicalBytes(sheets, Number.MAX_SAFE_INTEGER).length > MAX_SHEETS_BYTES)
        return { rejected: 'sheets-malformed', field: 'body.sheets' };
      const salt = randomBytes(32);
      const target = { electionId, e: row.opening.e, boxKey: bytesOf(row.opening.boxKey) };
      const sealed = sealBatch(ballotMaker, target, { id: batch, salt, sheets }, boxKeyPair(randomBytes(32)));
      const digest = batchDigest(crypto, salt, sheets);
      const data = { electionId, actId, batch, sheets: sheets.length, digest, ...sealed };
      // The salt, and never the sheets: what stands in the clear outside the log could be read before the key is public.
      return { act: { type, data }, kept: { salt: toBase64url(salt) } };
    },
    confirm: (body, { act, kept }): Rejection | undefined => {
      if (!second.Check(body)) return malformed(second, body);
      const { sheets } = body;
      const { salt } = kept as { salt: string };
      return batchDigest(crypto, bytesOf(salt), sheets) === act.data.digest
        ? undefined
        : { rejected: 'sheets-differ' };
    },
    execute: (approved) => {
      const { electionId, ...batch } = approved.act.data as unknown as BatchData;
      const change = {
        do: 'record-batch' as const,
        batch: { ...batch, approvals: [...approved.approvals] as BatchData['approvals'] },
      };
      return carryOut(services, electionId, change, approved);
    },
  };
}

/** Reconciling where marks have no sheet: both sign the numbers, which must still be the same when it is carried out. */
function reconcileMissing(services: ElectionActServices): ActKind {
  const { acts, store, crypto } = services;
  const marksOf = async (electionId: string) => (await fillBox(store, crypto, electionId)).box.marks;
  return kind(
    services,
    'reconcile-missing',
    'PaperReconciled',
    about.reconcileMissing,
    async ({ electionId, reason: worded }, actId) => {
      const { row } = await services.elections.fresh(electionId);
      if (row === undefined) return { rejected: 'election-unknown' };
      if (row.definition.paper === 'none') return { rejected: 'no-paper' };
      if (row.phase !== 'closed') return { rejected: 'wrong-phase', detail: { phase: row.phase } };
      if (await hasOpenBatch(acts, electionId)) return { rejected: 'batch-pending' };
      const { batches, sheets } = row.paper;
      const marks = await marksOf(electionId);
      if (sheets >= marks) return { rejected: 'paper-complete' };
      const reason = await reasonOf(services.contents, worded, REASON_FIELD);
      return isRejection(reason) ? reason : { electionId, batches, sheets, marks, surplus: 0, actId, reason };
    },
    async ({ electionId, actId, batches, sheets, marks, reason }, approvals) => {
      if (await hasOpenBatch(acts, electionId)) return { rejected: 'batch-pending' };
      const signed = { actId, batches, sheets, marks, reason, approvals };
      return { do: 'reconcile', marks: await marksOf(electionId), signed };
    },
  );
}

function malformed(check: Parameters<typeof faultyField>[0], body: unknown): Rejection {
  const field = faultyField(check, body);
  return { rejected: field.startsWith('body.sheets') ? 'sheets-malformed' : 'invalid-input', field };
}

type BatchData = Extract<ElectionCommand, { do: 'record-batch' }>['batch'] & { electionId: string };
interface ActData {
  electionId: string;
}
type Approvals = Extract<ElectionCommand, { do: 'reopen' }>['approvals'];

/** A kind whose event says all there is. `data` makes the event without its approvals, `change` the command from it. */
function kind<S extends TSchema, D extends ActData>(
  services: ElectionActServices,
  name: string,
  type: string,
  description: ActDescription & { body: S },
  data: (body: Static<S>, actId: string) => Promise<D | Rejection>,
  change: (
    data: D,
    approvals: Approvals,
  ) => ElectionCommand | Rejection | Promise<ElectionCommand | Rejection>,
): ActKind {
  const check = Compile(description.body);
  return {
    kind: name,
    roles: [RETURNING_OFFICER],
    about: description,
    prepare: async (body, { actId }): Promise<Prepared | Rejection> => {
      if (!check.Check(body)) return { rejected: 'invalid-input', field: faultyField(check, body) };
      const made = await data(body, actId);
      return isRejection(made) ? made : { act: { type, data: Object.fromEntries(Object.entries(made)) } };
    },
    execute: async (approved) => {
      // What this kind's own `data` made, as it was stored.
      const made = approved.act.data as unknown as D;
      const command = await change(made, [...approved.approvals]);
      return isRejection(command) ? command : carryOut(services, made.electionId, command, approved);
    },
  };
}

async function carryOut(
  services: ElectionActServices,
  electionId: string,
  change: ElectionCommand,
  { by, act }: ApprovedAct,
): Promise<Executed | Rejection> {
  const answer: Answer = await services.commands.execute(new ChangeElection(electionId, change, by));
  if (isRejection(answer)) return answer;
  const { reason, basis } = act.data as {
    reason?: { content?: { id: string } };
    basis?: { content?: { id: string } };
  };
  const content = reason?.content ?? basis?.content;
  if (content !== undefined) await releaseWords(services.life, [content.id], by);
  return { position: answer.position };
}
