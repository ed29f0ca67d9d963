/** One node of the double: a gRPC server, its role, and the door before it. */
import { randomUUID } from 'node:crypto';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import {
  Server,
  ServerCredentials,
  type handleUnaryCall,
  type sendUnaryData,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { begin, doWork, SILENCE, type Surface } from './calls.js';
import { Front } from './front.js';
import type { Outcome } from './log.js';
import { clusterInfo, type Member } from './messages.js';
import type { Misdeeds } from './misdeeds.js';
import { read } from './showing.js';
import type { View } from './view.js';
import { append, batchAppend, deleteStream, tombstone } from './writes.js';

/** What a node needs of the cluster that it is in. */
export interface Surroundings {
  readonly misdeeds: Misdeeds;
  /** Passwords by user; without, nobody is asked, as in a real server's insecure mode. */
  readonly users?: Readonly<Record<string, string>>;
  readonly tls?: { readonly key: string; readonly certificate: string };
  leader(): Node | undefined;
  members(): readonly Member[];
  /** Writes when most nodes can be reached: at once, or as soon as they can. */
  agreed(write: () => Outcome): Promise<Outcome>;
}

/** `unknown` is a node that looks for a leader: it answers nothing but that it is not ready. */
export type Role = 'leader' | 'follower' | 'unknown';

const LARGEST_MESSAGE = 16 * 1024 * 1024 - 10_000;

export class Node {
  readonly id = randomUUID();
  role: Role = 'follower';
  port = 0;
  readonly #server = new Server({ 'grpc.max_receive_message_length': LARGEST_MESSAGE });
  #front: Front | undefined;

  constructor(
    readonly index: number,
    readonly view: View,
    readonly surroundings: Surroundings,
  ) {}

  get isUp(): boolean {
    return this.#front?.isOpen ?? false;
  }

  /** @param port 0 for any */
  async open(port: number): Promise<void> {
    this.#server.addService(StreamsService, {
      append: append(this),
      batchAppend: batchAppend(this),
      delete: deleteStream(this),
      read: read(this),
      tombstone: tombstone(this),
    });
    this.#server.addService(GossipService, { read: gossip(this) });
    this.#server.addService(ServerFeaturesService, { getSupportedMethods: supportedMethods(this) });
    const { tls } = this.surroundings;
    const credentials =
      tls === undefined
        ? ServerCredentials.createInsecure()
        : ServerCredentials.createSsl(null, [
            { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.certificate) },
          ]);
    const behind = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', credentials, (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    this.#front = new Front(behind);
    this.port = await this.#front.open(port);
  }

  async start(): Promise<void> {
    if (!this.isUp) await this.#front?.open(this.port);
  }

  /** As a killed process: its connections are reset, and new ones refused. */
  async stop(): Promise<void> {
    await this.#front?.shut();
  }

  freeze(frozen: boolean): void {
    this.#front?.freeze(frozen);
  }

  /** @param peer whose connection; without, all are cut */
  cut(peer?: string): void {
    this.#front?.cut(peer === undefined ? undefined : Number(peer.split(':').at(-1)));
  }

  async close(): Promise<void> {
    await this.stop();
    this.#server.forceShutdown();
  }
}

function gossip(node: Node): handleUnaryCall<Empty, ClusterInfo> {
  return (call, callback) => {
    const members = async () => clusterInfo(node.surroundings.members());
    answered(node, call, 'gossip', members, callback);
  };
}

/** What the client asks for at its first append without credentials: whether there is a batch append. */
function supportedMethods(node: Node): handleUnaryCall<Empty, features.SupportedMethods> {
  return (call, callback) => {
    const methods = async () =>
      new features.SupportedMethods().setEventStoreServerVersion('24.2.0').setMethodsList(METHODS);
    answered(node, call, 'features', methods, callback);
  };
}

const METHODS = Object.values({ ...StreamsService, ...GossipService } as ServiceDefinition).map(
  ({ path }) => {
    const [, service = '', method = ''] = path.toLowerCase().split('/');
    return new features.SupportedMethod().setServiceName(service).setMethodName(method);
  },
);

function answered<T>(
  node: Node,
  call: Surface,
  method: 'gossip' | 'features',
  work: () => Promise<T>,
  callback: sendUnaryData<T>,
): void {
  const answer = async () => doWork(node, call, begin(node, call, { method }), work);
  answer().then((done) => {
    if (done !== SILENCE) callback(null, done);
  }, callback);
}
