/**
 * When a request is over: its answer was taken, or its connection is gone. An answer that waits behind another one on its
 * connection is told nothing by Node when that ends.
 */
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';

const waiting = new WeakMap<Socket, Set<() => void>>();
/** Who is told of each request: one listener, however many they are. */
const told = new WeakMap<object, (() => void)[]>();

/** Calls back once; at once where the connection is gone already. */
export function whenOver(request: FastifyRequest, reply: FastifyReply, tell: () => void): void {
  const { socket } = request.raw;
  if (socket.destroyed) {
    tell();
    return;
  }
  const others = told.get(reply.raw);
  if (others !== undefined) {
    others.push(tell);
    return;
  }
  const all = [tell];
  told.set(reply.raw, all);
  const ofSocket = waitingOn(socket);
  const over = () => {
    if (!ofSocket.delete(over)) return;
    told.delete(reply.raw);
    for (const one of all) one();
  };
  ofSocket.add(over);
  reply.raw.once('close', over);
}

function waitingOn(socket: Socket): Set<() => void> {
  const known = waiting.get(socket);
  if (known !== undefined) return known;
  const made = new Set<() => void>();
  waiting.set(socket, made);
  socket.once('close', () => {
    for (const over of made) over();
  });
  return made;
}
