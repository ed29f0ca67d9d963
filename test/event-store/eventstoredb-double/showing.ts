/** Reads and subscriptions: what was asked, answered at the pace of the reader. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import { begin, mayServe, refusal } from './calls.js';
import type { Stored } from './log.js';
import { readAnswer, streamName } from './messages.js';
import type { Method, Misdeed } from './misdeeds.js';
import type { Node } from './node.js';
import { notReady, unavailable } from './problems.js';
import { readAll, readStream, type Shown } from './reads.js';
import { subscribeToAll, subscribeToStream, type Filter } from './subscriptions.js';
import { PAGE, type Place } from './view.js';

type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

export function read(node: Node): handleServerStreamingCall<ReadReq, ReadResp> {
  return (call) => {
    call.on('error', () => undefined);
    show(node, call).catch((error: unknown) => {
      if (!call.cancelled) call.emit('error', error);
    });
  };
}

async function show(node: Node, call: ReadCall): Promise<void> {
  const options = call.request.getOptions()!;
  const stream = options.hasStream() ? streamName(options.getStream()?.getStreamIdentifier()) : undefined;
  const verb = options.hasSubscription() ? 'subscribe-to' : 'read';
  const method: Method = `${verb}-${stream === undefined ? 'all' : 'stream'}`;
  const misdeed = begin(node, call, stream === undefined ? { method } : { method, stream });
  const gone = new AbortController();
  call.on('cancelled', () => gone.abort());
  if (misdeed?.do === 'drop' || misdeed?.do === 'lose-answer') return;
  if (misdeed?.do === 'cut') {
    node.cut(call.getPeer());
    return;
  }
  if (misdeed?.do === 'refuse') throw refusal(node, misdeed.with);
  if (misdeed?.do === 'delay') await sleep(misdeed.ms);
  if (call.cancelled) return;
  // A subscription asks again at each step of catching up; one that is live from the start never does.
  if (!options.hasSubscription()) mayServe(node, call.metadata, false);
  else if (node.role === 'unknown') throw notReady();
  await send(node, call, asked(node, call, options, stream, gone.signal), stream ?? '', misdeed, gone.signal);
}

function asked(
  node: Node,
  call: ReadCall,
  options: ReadReq.Options,
  stream: string | undefined,
  gone: AbortSignal,
): Iterable<Shown> | AsyncIterable<Shown> {
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  const { view } = node;
  const mayRead = () => mayServe(node, call.metadata, false);
  if (stream !== undefined) {
    const given = options.getStream()!;
    const from = given.hasStart() ? 'start' : given.hasEnd() ? 'end' : BigInt(given.getRevision());
    if (options.hasSubscription()) return subscribeToStream(view, stream, from, gone, mayRead);
    return readStream(view, { stream, from, backwards, count: BigInt(options.getCount()) });
  }
  const given = options.getAll()!;
  const position = given.getPosition();
  const from = given.hasStart()
    ? 'start'
    : position === undefined
      ? 'end'
      : { commit: BigInt(position.getCommitPosition()), prepare: BigInt(position.getPreparePosition()) };
  if (options.hasSubscription()) return subscribeToAll(view, place(from), toFilter(options), gone, mayRead);
  return readAll(view, { from, backwards, count: BigInt(options.getCount()) });
}

/** A position of all bits, such as a checkpoint before all events has, means the end. */
function place(from: Place | 'start' | 'end'): Place | 'start' | 'end' {
  return typeof from === 'object' && from.commit === 2n ** 64n - 1n ? 'end' : from;
}

function toFilter(options: ReadReq.Options): Filter | undefined {
  const filter = options.getFilter();
  if (filter === undefined) return undefined;
  const byStream = filter.getStreamIdentifier();
  const expression = byStream ?? filter.getEventType();
  const named = (event: Stored) => (byStream === undefined ? event.type : event.stream);
  const regex = expression?.getRegex() ?? '';
  const prefixes = expression?.getPrefixList() ?? [];
  const pattern = new RegExp(regex);
  return {
    fits: (event) =>
      regex === '' ? prefixes.some((prefix) => named(event).startsWith(prefix)) : pattern.test(named(event)),
    window: filter.hasMax() ? filter.getMax() : PAGE,
    interval: filter.getCheckpointintervalmultiplier(),
  };
}

async function send(
  node: Node,
  call: ReadCall,
  all: Iterable<Shown> | AsyncIterable<Shown>,
  stream: string,
  misdeed: Misdeed | undefined,
  gone: AbortSignal,
): Promise<void> {
  let left = misdeed?.do === 'break' ? misdeed.after : Infinity;
  for await (const shown of all) {
    if (gone.aborted) return;
    if (shown.is === 'event' && left-- <= 0 && misdeed?.do === 'break') {
      if (misdeed.how === 'error') throw unavailable();
      if (misdeed.how === 'cut') node.cut(call.getPeer());
      return;
    }
    const times = shown.is === 'event' && misdeed?.do === 'repeat' ? 2 : 1;
    for (let time = 0; time < times; time++) {
      if (call.write(readAnswer(shown, stream))) continue;
      await once(call, 'drain', { signal: gone }).catch(() => undefined);
    }
  }
  if (!gone.aborted) call.end();
}
