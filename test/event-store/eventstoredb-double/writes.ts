/** Append, batch append, delete and tombstone. */
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
  DeleteReq,
  DeleteResp,
  TombstoneReq,
  TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import type { handleBidiStreamingCall, handleClientStreamingCall, handleUnaryCall } from '@grpc/grpc-js';
import { begin, doWork, mayServe, SILENCE, type Surface } from './calls.js';
import type { Expected, Outcome, Proposed } from './log.js';
import * as messages from './messages.js';
import type { Node } from './node.js';
import * as problems from './problems.js';
import { Problem } from './problems.js';

/** One append, by whichever path it came. */
interface Append {
  readonly method: 'append' | 'batch-append';
  readonly stream: string;
  readonly expected: Expected;
  /** Undefined where one of them is none. */
  readonly events: readonly Proposed[] | undefined;
}

export function append(node: Node): handleClientStreamingCall<AppendReq, AppendResp> {
  return (call, callback) => {
    let options: AppendReq.Options | undefined;
    const proposed: (Proposed | undefined)[] = [];
    let size = 0;
    let refused = false;
    call.on('data', (request: AppendReq) => {
      options ??= request.getOptions();
      const message = request.getProposedMessage();
      if (message === undefined || refused) return;
      proposed.push(messages.toProposed(message));
      size += message.getData_asU8().length;
      if (size <= problems.MAX_APPEND) return;
      refused = true;
      callback(problems.tooLarge());
    });
    call.on('error', () => undefined);
    call.on('end', () => {
      if (refused) return;
      const stream = messages.streamName(options?.getStreamIdentifier());
      const expected = messages.toExpected(options!, options!.getRevision());
      const events = proposed.every((event) => event !== undefined) ? proposed : undefined;
      written(node, call, { method: 'append', stream, expected, events }).then((outcome) => {
        if (outcome === SILENCE) return;
        const answer = messages.appendAnswer(expected, outcome);
        if (answer === undefined) callback(problems.streamDeleted(stream));
        else callback(null, answer);
      }, callback);
    });
  };
}

export function batchAppend(node: Node): handleBidiStreamingCall<BatchAppendReq, BatchAppendResp> {
  return (call) => {
    const pending = new Map<
      string,
      { options: BatchAppendReq.Options; messages: BatchAppendReq.ProposedMessage[] }
    >();
    call.on('error', () => undefined);
    call.on('end', () => call.end());
    call.on('data', (request: BatchAppendReq) => {
      const id = request.getCorrelationId()?.getString() ?? '';
      const options = request.getOptions();
      if (options !== undefined) pending.set(id, { options, messages: [] });
      const batch = pending.get(id);
      if (batch === undefined) return;
      batch.messages.push(...request.getProposedMessagesList());
      const stream = messages.streamName(batch.options.getStreamIdentifier());
      const answer = messages.batchAnswer(request, stream);
      const say = () => {
        if (!call.cancelled) call.write(answer);
      };
      const size = batch.messages.reduce((sum, message) => sum + message.getData_asU8().length, 0);
      if (size > problems.MAX_APPEND) {
        pending.delete(id);
        messages.batchFailure(answer, 'MaximumAppendSizeExceeded');
        say();
        return;
      }
      if (!request.getIsFinal()) return;
      pending.delete(id);
      const expected = messages.toExpected(batch.options, batch.options.getStreamPosition());
      const proposed = batch.messages.map(messages.toProposed);
      const events = proposed.every((event) => event !== undefined) ? proposed : undefined;
      written(node, call, { method: 'batch-append', stream, expected, events }).then(
        (outcome) => {
          if (outcome === SILENCE) return;
          messages.batchSuccess(answer, expected, outcome);
          say();
        },
        (error: unknown) => {
          if (batchProblem(answer, error)) say();
          else call.emit('error', error);
        },
      );
    });
  };
}

/** What a batch answers for one append alone; false where it ends the whole call. */
function batchProblem(answer: BatchAppendResp, error: unknown): boolean {
  if (!(error instanceof Problem)) return false;
  const exception = error.metadata.get('exception')[0];
  if (exception === 'access-denied') messages.batchFailure(answer, 'AccessDenied');
  else if (error.details === problems.notReady().details)
    messages.batchMessage(answer, 'Server Is Not Ready');
  else if (error.details === problems.busy().details) messages.batchMessage(answer, 'Server Is Busy');
  else if (error.details === problems.timedOut().details) messages.batchFailure(answer, 'Timeout');
  else if (error.details === problems.thrown().details) messages.batchFailure(answer, 'BadRequest');
  else return false;
  return true;
}

async function written(node: Node, call: Surface, append: Append): Promise<Outcome | typeof SILENCE> {
  const { method, stream, expected, events } = append;
  const ids = (events ?? []).map(({ id }) => id);
  const misdeed = begin(node, call, { method, stream, ids, expected: expected.toString() });
  mayServe(node, call.metadata, true);
  if (events === undefined || stream === '') throw problems.thrown();
  const { surroundings, view } = node;
  return doWork(node, call, misdeed, (again) => {
    const at = again ? view.log.lastRevision(stream) : expected;
    return surroundings.agreed(() => view.log.append(stream, at, events));
  });
}

export function deleteStream(node: Node): handleUnaryCall<DeleteReq, DeleteResp> {
  return (call, callback) => {
    const options = call.request.getOptions()!;
    const answer = new streams.DeleteResp();
    removed(node, call, 'delete', options).then((position) => {
      if (position === SILENCE) return;
      const place = new streams.DeleteResp.Position();
      callback(null, answer.setPosition(place.setCommitPosition(position).setPreparePosition(position)));
    }, callback);
  };
}

export function tombstone(node: Node): handleUnaryCall<TombstoneReq, TombstoneResp> {
  return (call, callback) => {
    const options = call.request.getOptions()!;
    const answer = new streams.TombstoneResp();
    removed(node, call, 'tombstone', options).then((position) => {
      if (position === SILENCE) return;
      const place = new streams.TombstoneResp.Position();
      callback(null, answer.setPosition(place.setCommitPosition(position).setPreparePosition(position)));
    }, callback);
  };
}

/** How a real server writes what was expected into the words of a refused delete. */
const EXPECTED = { any: -2n, no_stream: -1n, stream_exists: -4n } as const;

async function removed(
  node: Node,
  call: Surface,
  method: 'delete' | 'tombstone',
  options: DeleteReq.Options | TombstoneReq.Options,
): Promise<string | typeof SILENCE> {
  const stream = messages.streamName(options.getStreamIdentifier());
  const expected = messages.toExpected(options, options.getRevision());
  const misdeed = begin(node, call, { method, stream, expected: expected.toString() });
  mayServe(node, call.metadata, true);
  const { surroundings, view } = node;
  const outcome = await doWork(node, call, misdeed, () =>
    surroundings.agreed(() => view.log[method](stream, expected)),
  );
  if (outcome === SILENCE) return outcome;
  if (outcome.is === 'deleted') throw problems.streamDeleted(stream);
  if (outcome.is === 'wrong-version')
    throw problems.wrongVersion(
      stream,
      typeof expected === 'bigint' ? expected : EXPECTED[expected],
      outcome.actual,
    );
  return (outcome.position ?? 0n).toString();
}
