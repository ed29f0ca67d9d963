/** Between the messages of the gRPC interface, as the client's generated code defines them, and what the double works with. */
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import type { BatchAppendReq as BatchRequest } from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import status from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Expected, Outcome, Proposed, Stored } from './log.js';
import { MAX_APPEND } from './problems.js';
import type { Shown } from './reads.js';

/** A date of .NET counts 100 nanoseconds. */
const TICKS = 10_000n;

interface ProposedMessage {
  getId(): shared.UUID | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

/** Undefined where a real server fails over it: an id that is none, or no type. */
export function toProposed(message: ProposedMessage): Proposed | undefined {
  const id = message.getId()?.getString().toLowerCase() ?? '';
  const type = message.getMetadataMap().get('type') ?? '';
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) || /^[0-]*$/.test(id) || type === '')
    return undefined;
  return {
    id,
    type,
    json: message.getMetadataMap().get('content-type') === 'application/json',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

export function streamName(identifier: shared.StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString();
}

interface WithExpected {
  hasAny(): boolean;
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

export function toExpected(options: WithExpected, revision: string): Expected {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : BigInt(revision);
}

/** Undefined of a stream that is deleted: a unary append then ends with an error. */
export function appendAnswer(expected: Expected, outcome: Outcome): streams.AppendResp | undefined {
  const answer = new streams.AppendResp();
  if (outcome.is === 'deleted') return undefined;
  if (outcome.is === 'wrong-version') {
    const wrong = new streams.AppendResp.WrongExpectedVersion();
    if (outcome.actual < 0n) wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(outcome.actual.toString());
    if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
    else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
    else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
    else wrong.setExpectedRevision(expected.toString());
    return answer.setWrongExpectedVersion(wrong);
  }
  const success = new streams.AppendResp.Success().setCurrentRevision(outcome.revision.toString());
  if (outcome.position === undefined) return answer.setSuccess(success.setNoPosition(new shared.Empty()));
  const position = new streams.AppendResp.Position();
  position.setCommitPosition(outcome.position.toString()).setPreparePosition(outcome.position.toString());
  return answer.setSuccess(success.setPosition(position));
}

export function batchAnswer(request: BatchRequest, stream: string): streams.BatchAppendResp {
  const identifier = new shared.StreamIdentifier().setStreamName(Buffer.from(stream));
  return new streams.BatchAppendResp()
    .setCorrelationId(request.getCorrelationId())
    .setStreamIdentifier(identifier);
}

export function batchSuccess(answer: streams.BatchAppendResp, expected: Expected, outcome: Outcome): void {
  if (outcome.is === 'deleted') {
    batchFailure(answer, 'StreamDeleted');
    return;
  }
  if (outcome.is === 'wrong-version') {
    const wrong = new shared.WrongExpectedVersion();
    if (outcome.actual < 0n) wrong.setCurrentNoStream(new empty.Empty());
    else wrong.setCurrentStreamRevision(outcome.actual.toString());
    if (expected === 'any') wrong.setExpectedAny(new empty.Empty());
    else if (expected === 'no_stream') wrong.setExpectedNoStream(new empty.Empty());
    else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new empty.Empty());
    else wrong.setExpectedStreamPosition(expected.toString());
    setError(answer, 'WrongExpectedVersion', wrong.serializeBinary());
    return;
  }
  const success = new streams.BatchAppendResp.Success().setCurrentRevision(outcome.revision.toString());
  if (outcome.position === undefined) success.setNoPosition(new empty.Empty());
  else success.setPosition(allPosition(outcome.position));
  answer.setSuccess(success);
}

/** What the batch path answers in the place of an error of the call. */
export type BatchFailure =
  'StreamDeleted' | 'AccessDenied' | 'Timeout' | 'Unknown' | 'BadRequest' | 'MaximumAppendSizeExceeded';

export function batchFailure(answer: streams.BatchAppendResp, failure: BatchFailure): void {
  const bytes =
    failure === 'MaximumAppendSizeExceeded'
      ? new shared.MaximumAppendSizeExceeded().setMaxappendsize(MAX_APPEND).serializeBinary()
      : new Uint8Array();
  setError(answer, failure, bytes);
}

/** "Not ready" and "busy" have no kind of their own on the batch path: the client only passes on the words. */
export function batchMessage(answer: streams.BatchAppendResp, message: string): void {
  const details = new any.Any();
  details.pack(new Uint8Array(), 'google.protobuf.Empty');
  answer.setError(new status.Status().setMessage(message).setDetails(details));
}

function setError(answer: streams.BatchAppendResp, name: string, bytes: Uint8Array): void {
  const details = new any.Any();
  details.pack(bytes, `event_store.client.${name}`);
  answer.setError(new status.Status().setMessage(name).setDetails(details));
}

function allPosition(position: bigint): shared.AllStreamPosition {
  return new shared.AllStreamPosition()
    .setCommitPosition(position.toString())
    .setPreparePosition(position.toString());
}

export function readAnswer(shown: Shown, stream: string): streams.ReadResp {
  const answer = new streams.ReadResp();
  switch (shown.is) {
    case 'event':
      return answer.setEvent(readEvent(shown.event));
    case 'not-found': {
      const identifier = new shared.StreamIdentifier().setStreamName(Buffer.from(stream));
      return answer.setStreamNotFound(new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifier));
    }
    case 'confirmed':
      return answer.setConfirmation(
        new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(crypto.randomUUID()),
      );
    case 'caught-up':
      return answer.setCaughtUp(new streams.ReadResp.CaughtUp());
    case 'checkpoint':
      return answer.setCheckpoint(
        new streams.ReadResp.Checkpoint()
          .setCommitPosition(shown.place.commit.toString())
          .setPreparePosition(shown.place.prepare.toString()),
      );
  }
}

function readEvent(event: Stored): streams.ReadResp.ReadEvent {
  const position = event.position.toString();
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(event.id))
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(event.stream)))
    .setStreamRevision(event.revision.toString())
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setData(event.data)
    .setCustomMetadata(event.metadata);
  recorded
    .getMetadataMap()
    .set('type', event.type)
    .set('created', (BigInt(event.at) * TICKS).toString())
    .set('content-type', event.json ? 'application/json' : 'application/octet-stream');
  return new streams.ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(position);
}

/** A node, as the others know it. */
export interface Member {
  readonly id: string;
  readonly port: number;
  readonly state: gossip.MemberInfo.VNodeState;
  readonly alive: boolean;
}

export function clusterInfo(members: readonly Member[]): gossip.ClusterInfo {
  return new gossip.ClusterInfo().setMembersList(
    members.map(({ id, port, state, alive }) =>
      new gossip.MemberInfo()
        .setInstanceId(new shared.UUID().setString(id))
        .setTimeStamp((BigInt(Date.now()) * TICKS).toString())
        .setState(state)
        .setIsAlive(alive)
        .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port)),
    ),
  );
}
