/** What becomes of a call before and after it is served: who makes it, whether this node may, and what it was told to do wrong. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Metadata, ServerReadableStream, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import type { Call, Misdeed, Refusal } from './misdeeds.js';
import type { Node } from './node.js';
import * as problems from './problems.js';

/** Any call, as the server library hands it over. */
export type Surface = Pick<
  | ServerUnaryCall<unknown, unknown>
  | ServerReadableStream<unknown, unknown>
  | ServerWritableStream<unknown, unknown>,
  'cancelled' | 'metadata' | 'getPeer'
>;

/** The answer that never comes. */
export const SILENCE = Symbol('silence');

export type Described = Omit<Call, 'node' | 'requiresLeader' | 'user'>;

/** Who calls: undefined without credentials. A real server asks before it looks at anything else. */
function userOf(node: Node, metadata: Metadata): string | undefined {
  const given = metadata.get('authorization')[0]?.toString();
  if (given === undefined) return undefined;
  const [user = '', password] = Buffer.from(given.replace(/^Basic /, ''), 'base64')
    .toString()
    .split(/:(.*)/s);
  const { users } = node.surroundings;
  if (users !== undefined && (!Object.hasOwn(users, user) || users[user] !== password))
    throw problems.unauthenticated();
  return user;
}

/** Notes the call, and finds what is to be done wrong with it. */
export function begin(node: Node, surface: Surface, described: Described): Misdeed | undefined {
  const { metadata } = surface;
  const requiresLeader = metadata.get('requires-leader')[0] === 'true';
  const user = userOf(node, metadata);
  const call = { ...described, node: node.index, requiresLeader, ...(user === undefined ? {} : { user }) };
  const misdeed = node.surroundings.misdeeds.take(call);
  // Whoever can reach a node may ask who else there is, and what it can do.
  if (described.method !== 'gossip' && described.method !== 'features')
    mayUse(node, user, described.stream ?? '$all');
  return misdeed;
}

/** Streams of the system and $all are the administrator's; other streams are for whoever has a name. */
function mayUse(node: Node, user: string | undefined, stream: string): void {
  if (node.surroundings.users === undefined || user === 'admin') return;
  if (user === undefined || stream.startsWith('$')) throw problems.accessDenied();
}

/** Throws where this node does not serve such a call. @param writes it is passed on to the leader where there is one */
export function mayServe(node: Node, metadata: Metadata, writes: boolean): void {
  if (node.role === 'unknown') throw problems.notReady();
  if (node.role === 'leader') return;
  const leader = node.surroundings.leader();
  if (metadata.get('requires-leader')[0] === 'true') {
    throw leader === undefined ? problems.notReady() : problems.notLeader('127.0.0.1', leader.port);
  }
  if (writes && leader === undefined) throw problems.notReady();
}

export function refusal(node: Node, named: Refusal): problems.Problem {
  switch (named) {
    case 'not-leader': {
      const leader = node.surroundings.leader();
      return leader === undefined ? problems.noLeader() : problems.notLeader('127.0.0.1', leader.port);
    }
    case 'not-ready':
      return problems.notReady();
    case 'busy':
      return problems.busy();
    case 'access-denied':
      return problems.accessDenied();
    case 'timed-out':
      return problems.timedOut();
    case 'cancelled':
      return problems.cancelled();
    case 'unavailable':
      return problems.unavailable();
    case 'thrown':
      return problems.thrown();
  }
}

/**
 * Does something that writes, well or as it was told to.
 * @param work `again` writes the same a second time, at the tip
 */
export async function doWork<T>(
  node: Node,
  surface: Surface,
  misdeed: Misdeed | undefined,
  work: (again: boolean) => Promise<T>,
): Promise<T | typeof SILENCE> {
  if (misdeed === undefined) return work(false);
  if (misdeed.do === 'drop') return SILENCE;
  if (misdeed.do === 'commit-late') {
    setTimeout(() => void work(false), misdeed.ms);
    return SILENCE;
  }
  if (misdeed.do === 'cut' && misdeed.when === 'before') {
    node.cut(surface.getPeer());
    return SILENCE;
  }
  if (misdeed.do === 'refuse' && misdeed.when !== 'after') throw refusal(node, misdeed.with);
  if (misdeed.do === 'delay') {
    await sleep(misdeed.ms);
    if (surface.cancelled) return SILENCE;
  }
  const done = await work(false);
  if (misdeed.do === 'write-twice') await work(true);
  if (misdeed.do === 'refuse') throw refusal(node, misdeed.with);
  if (misdeed.do === 'cut') node.cut(surface.getPeer());
  return misdeed.do === 'lose-answer' || misdeed.do === 'cut' ? SILENCE : done;
}
