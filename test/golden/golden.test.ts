/**
 * Golden events: the exact leaf of one real event for each type and schema version, kept for ever. A log that was written
 * once must be readable by every later version, so a file here is never changed: a new schema version gets a new file.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Compile } from 'typebox/compile';
import { actOf, verifyApprovals } from '../../projections/approval.js';
import { concat, toBase64url, toHex } from '../../projections/bytes.js';
import { canonicalBytes, parseCanonical } from '../../projections/canonical.js';
import { openEvent, type LogEvent, type RecordedEvent } from '../../projections/event.js';
import { catalogue, type EventName } from '../../projections/events/catalogue.js';
import { leafHash } from '../../projections/hash.js';
import { byKeyBytes, foldInto, touchedKeys, viewDigest } from '../../projections/projection.js';
import { allViews } from '../../projections/views.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { officerKeys } from '../elections/small-election.js';

const folder = new URL('.', import.meta.url);

/** SHA-256 of every file, in the order in which the events would stand in a log. Lines are added, never changed. */
const GOLDEN: Readonly<Record<string, string>> = {
  'RoleGranted.v1.json': '56261e72a8bd06471cb412a03043fa48c9ff1d1a8360a26a9819075e5bfafcd5',
  'CityDescribed.v1.json': '6984103ce48f60d244b742277cf045130f9b186607088ed8827dfb9b0cf6f812',
  'AreaDescribed.v1.json': 'f20537737820b5859233bb6576948dcb0f0f0767e7fef8d3a0b390d0daa42646',
  'DepartmentDescribed.v1.json': '5407713d9e7653cad64a504b458899b889c169199a43868e3f916f054aea126a',
  'HolidaysDeclared.v1.json': '8e6b32fd1ca132d0660fef862ed535f9fe1b58826ad80925d295a392fdaed103',
  'ContentReleased.v1.json': 'd881a0af146e85d517d1eb65020944c0c21122a3c54569dceaa9df07dfb1c079',
  'ElectionDefined.v1.json': 'b0d9a5af78188d29ebe7d10ff937fcad1f2c7e2431f10083eb1a1f49edbcebc5',
  'RulesetPublished.v1.json': '21b59d0b118eb1c9802371c8559353e526ec9912189b47185e97648da6308778',
  'ElectionAmended.v1.json': '344b10c5c4e65d447d38a2bd2bc7258d95d6b2d5ff83a3b9ed4b06bf5a26b1f7',
  'OptionsListed.v1.json': '6414b66551e0c7c4fc17d2a4e5ae19e6852edfee901f42d9a282bf786d81ec2a',
  'RollListed.v1.json': 'a9b252767fc5b7c0ad3c8fb5aeecb6d6a014cccabd80ccc886d2ce51d8943897',
  'RollCommitted.v1.json': 'db527a6763aac8b2ae599b0073fec03eb63aa23a7c8ea79972c50a7652f55899',
  'VotingOpened.v1.json': '88dde70908961c2ecc5558761706b7cb1e4d585b3e501589a51c32001fccb287',
  'BallotCast.v1.json': '92a8463ca88ab29b4aa4b0b19435ea56a80415684f93bb7909638dc6b2f73829',
  'BallotKeyReplaced.v1.json': '451b28fb5fc8e36547b2803aac56b4eaf7835b3d2587e1b6fbeb1edfeb5a0ce6',
  'RollMarkedPaper.v1.json': 'bdede904db891358f2e41751b087a29a00dd3f3d7d0f6b85ab0baa7079c94f16',
  'VotingSuspended.v1.json': '13d5a62d202d7f9af58f370d45a325ccbacae069b3ef6f7756c355efcea0f0ed',
  'VotingResumed.v1.json': 'b60bbd5217dc9d5898199381ebeca208a9fa9317b457b56f6995308ee9561540',
  'VotingExtended.v1.json': 'ad84b349225d88db137e6f38c2d322ae60e5c49c9682cd9fd9fb9a48a3fc6786',
  'VotingClosed.v1.json': 'bf95d48f60c9a9c22fe39a0245efc763511c12016d61e9a57b53e320075d9925',
  'VotingReopened.v1.json': '2be5139d74ea3bd820b17f162e860660c0d74be4e90d7277454945cdbebeddbe',
  'PaperBatchRecorded.v1.json': 'e3e92bc906ba02c179fe1f9b7a4e8bbc1083d6ee25cccd05e15300920d8c83db',
  'PaperReconciled.v1.json': '31212874e2ff0533ad937c8e640107df2d9a719ebda04d7342d4acc784301c0f',
  'ElectionKeyPublished.v1.json': '447054fb673db6b032c50fcdcb4981a999404bc18b6b6d9d801d3d0abfd2be95',
  'TallyPublished.v1.json': '23f861ab922247bf2b4d7969d2ee6f9ee183ff948badf61bbd8f3b0f6845f6b9',
  'ResultCertified.v1.json': 'a3507765b281afe0049889c9cd275413d9a4c32ddf3eaa0cca4d5a495df7f87d',
  'ResultRevoked.v1.json': '11d6f4493c73a75f4519b4b5281a7c797601dff7085928a36b85d846795f3c97',
  'BallotsAnnulled.v1.json': 'da13f3601cbf61d615650c79025e419117a30437a05689b07ca9d6c560b4c074',
  'ElectionAnnulled.v1.json': '5cd33720d26448a94d6a1b4470d9e25ccb9376f7ca9465720f739a5537121cfb',
  'ContentHidden.v1.json': '577b4f6f3700c216e2ff941cafbe4730cbeae7eb85a94dbc3f9e3f9f77aac08e',
  'ContentErased.v1.json': '85d6a677f2fe094f4af6ee5e88ec9210be416091704bf4a966ba619f0f5a12bb',
  'ViewPublished.v1.json': '0187f8de2e2009becfacfd0ebcc75a242e39335c07cbd9a8111acefde63971fd',
  'RoleRevoked.v1.json': 'eccd1551fc56c2e828bfc1ddc8df6f6a6894c71a3854c0423b1e385e481d9a61',
  'LogKeyAnnounced.v1.json': '9f0ac5d67f8b3174b0c49e34b59bad2f3eb43512e89368bda0cd6067564f6bcc',
  'LogKeyRetired.v1.json': '49188656749e8dfe7180b7fee76b8590340b5996f094416684bc18eb53cdf5fc',
  'CategoryDescribed.v1.json': '0121ec4de98fa0ed89d2c199a88a039428803f3c4a01799197e2fbb02a65d1fc',
  'MatterStateDescribed.v1.json': '9ea1b006289d874b93327aa8bdcf8bf0227448a9b8567530e5e94eec02d6ee7a',
  'MatterFiled.v1.json': '25de6958a8136ab7a278b60133358e70d87a38afb7074aebaeb1288f0d5ee7f5',
  'MatterConfirmed.v1.json': '2fd0d10bba3b18fea0a1a8f295c140aae8fd5478a0501f08ee1079acbd35e1ab',
  'MatterReleased.v1.json': '79105906d432a5e24e1a6d32851c7fcae1d77c33185da65d8f51c3fb9372f2ee',
  'MatterAssigned.v1.json': '8cd7b28b0e48c9cfab0dca3403165b8522416fd9668e42d6ab5e2db6f114a859',
  'MatterJoined.v1.json': '757efdc386f2752618d2adc53267a7bfe044713b778390ba0fe87bca74bfcff2',
  'MatterLeft.v1.json': '289d43b4033e1ca76f62144139d50f5055808a96c2075d8c7a5b5829a573f091',
  'MatterMoved.v1.json': 'b1ed210fb579872b4c24ebdf43e552a26435635b08319e5ef299ad6bd86697ab',
  'MatterAdded.v1.json': 'f43ee30ab2cccf3fe4d44c08d96c54416f3daf91955c1c5c3dd794e26c60910f',
  'DeadlineMoved.v1.json': '3a6c9ad861ebf0c063f70f8e929ae4f55aa099f00e0ca3d53510a04262e3974d',
  'MatterGathered.v1.json': '759421d769ae5f142b881f3a2a83bff8447e26fe63266e3cd64266c439acaa78',
  'MatterSeparated.v1.json': '11b0520db69c706e53067ed5791cd9123af21415ecbd31cb67b1e4b1d28da19b',
  'MatterAnswered.v1.json': '57586cf9924ff55697eb85a9caba55802b373b0d1ae3b6b331090d93a40149f2',
  'MatterRated.v1.json': '8282f54e65353b31cf52dc4af6ea53357396e0ef7d725c78858e7608db70add5',
  'FixReported.v1.json': '4e5dbfaadca337c1f043feb89f1b74c1d7dec26e8eef86726e7451f35086f78b',
  'MatterReopened.v1.json': '220ae1e3411446034c7b39fae049ebf40c5ff182f9c6bffea0e56bb0e8e2dd3a',
  'MatterDuplicated.v1.json': '07f2ad617f57f2da4fce22c51ff193397f2f05fa470d8f4becf39a59160734f9',
  'MatterHidden.v1.json': '37cfb6f6e7d80fd82b01e5066ad59ded38a8c2187946b319e9745af4f70b807a',
  'MatterErased.v1.json': '76977eaf16ea94c85eaf63e3188f9d4bfbed2abec9a48e0b17245b575eb10909',
  'MatterPhotoReplaced.v1.json': 'dd059bb226e47b02a2f0cf4c2cc173c53df6decf80c68ccd00a6599a90d29e94',
  'ReporterErased.v1.json': 'e5be9a163f46b098eac6018f37a7f3d4740902d9f5646cbdc69e166e553642a9',
};

/**
 * SHA-256 over the digests of every view after each of these events that touches it, in this order. What stands in a log as `ViewPublished` must come out again for
 * ever, so a fold that gives other rows is another version of its view: its line is replaced by one of the new version. Under
 * the same version a line changes only when a new golden file (at the end, where it moves nothing) is the first of its event.
 */
const VIEWS: Readonly<Record<string, string>> = {
  'city@1': '5e4415cf37fa1bcf4c0ab002eed84da06eca935ed3b0558e4be4689be50ae075',
  'areas@1': 'fe81dd53c9966460c1a357482d30e83372db845e75ce81ff7b8ae4e49c15fe36',
  'departments@1': '2106aae47d70e7343309d646b698ffa8cbb64d573ba8abde7edc879516e71dd8',
  'holidays@1': 'cd99392036c0269c4dbea9542a0af1f6daa0f8e90f3c9cd8c3979a2fac029ff5',
  'contents@1': 'c396699d99133370cf9a3bc251d570e5674f1cc3a8b45c70d4fd10151599e1ea',
  'staff@1': '5971f79220a50bcb0e963949e3f98d1777e7ba847e21bd96f398c919c0e0e3e6',
  'elections@2': '78a683a593fb35172a5666c77104fefa303613ddee250f8824f7f654e8f0ee4a',
  'options@1': '9fddd553fe5ed7f16105f0a6d0acbe9266781d5b5eb8bd7d1b219882a67b77fa',
  'roll@2': '2c53fb9ad4ab004bada35ccd20dfe1607b402a7d8d9120d9619f5f9162f80ad3',
  'new_keys@1': '9e3d29cba927fc6c07a19fef69933ccbfb8f94560e349dd06596d07a5ba42546',
  'ballots@2': 'a57e07eaaa4095458d729aef5f6cd6d19e263d192369d113c495c70d0a93ea82',
  'turnout@2': 'efd824caa1fe12d4e0eaff890542aa12fa414bc7ea047cf7a290c9ee582289ca',
  'categories@2': '495c32b168c9b285214b1b6549e6bf07ed10e6192f91d96b94461d3352058cb3',
  'matter_states@1': 'a5b33fe5070f9d61dd2ceeb11b9d9c138fa4b84eca6267b56af96609236260be',
  'matters@7': 'e0b266b49ef0abbb7799825d282230589e6fcf897619c930048e94981edb44f3',
  'matter_steps@3': '79c1e20b88279a0d951e6dbbfc5abceed315233e68c508b3b8ca03368c133d06',
  'occasions@1': 'e0907ea974363a99891a67b5cad5116b562d85b6b42fa42ec9b4525069c842be',
  'digests@1': 'c272458f3d7c8e6192ab1c25d81e3ec89b3b9adb26f072f11561069777a1d574',
};

interface Leaf {
  id: string;
  stream: string;
  type: EventName;
  schema: number;
  at: string;
  data: unknown;
}

function bytesOfFile(file: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(file, folder)));
}

function recordedFrom(file: string, position: number): RecordedEvent {
  const leaf = bytesOfFile(file);
  const { id, stream, type, at } = parseCanonical(leaf) as unknown as Leaf;
  const place = { position: BigInt(position), revision: 0n, recordedAt: new Date(at) };
  const hash = leafHash(nodeCrypto, leaf);
  return { ...place, id, stream, type, leaf, hash, commandId: undefined, requestDigest: undefined };
}

const files = Object.keys(GOLDEN);
const events = files.map((file, position) => openEvent(nodeCrypto, recordedFrom(file, position)));

describe('golden events', () => {
  it('are there for every type and version of the catalogue, and the folder holds no other', () => {
    const expected = Object.values(catalogue).map(({ type, schema }) => `${type}.v${schema}.json`);
    expect(files).toEqual(expect.arrayContaining(expected));
    expect(readdirSync(folder).filter((file) => file.endsWith('.json')).sort()).toEqual([...files].sort());
  });

  it.each(files)('%s has not been changed', (file) => {
    expect(toHex(nodeCrypto.sha256(bytesOfFile(file)))).toBe(GOLDEN[file]);
  });

  it.each(files)('%s is a strict leaf of its type, and its data fits the schema', (file) => {
    const leaf = parseCanonical(bytesOfFile(file)) as unknown as Leaf;
    expect(Object.keys(leaf)).toEqual(['actor', 'at', 'data', 'id', 'schema', 'stream', 'type', 'v']);
    expect(file).toBe(`${leaf.type}.v${leaf.schema}.json`);
    const check = Compile(catalogue[leaf.type].data);
    expect(check.Check(leaf.data)).toBe(true);
    expect(check.Check({ ...(leaf.data as object), extra: 1 })).toBe(false);
  });

  it.each(files)('%s is refused when one byte is different', (file) => {
    const recorded = recordedFrom(file, 0);
    const damaged = Uint8Array.from(recorded.leaf);
    damaged[10] = (damaged[10] as number) ^ 1;
    expect(() => openEvent(nodeCrypto, { ...recorded, leaf: damaged })).toThrow('do not match its hash');
  });

  it('carry two signatures that still verify', () => {
    const approved = events.filter((event) => 'approvals' in event.data);
    expect(approved.map(({ type }) => type).sort()).toEqual([
      'BallotsAnnulled',
      'ElectionAnnulled',
      'PaperBatchRecorded',
      'ResultCertified',
      'ResultRevoked',
      'VotingClosed',
      'VotingReopened',
    ]);
    for (const event of approved) expect([event.type, faultOf(event)]).toEqual([event.type, undefined]);
  });
});

describe('golden events, folded', () => {
  it.each(allViews.map((view) => [view.name, view] as const))('%s takes them all', (_name, view) => {
    const rows = foldInto(view, new Map<string, unknown>(), events);
    const concerned = events.filter((event) => touchedKeys(view, event).length > 0);
    expect(concerned.length).toBeGreaterThan(0);
    expect(rows.size).toBeGreaterThan(0);
    for (const row of rows.values()) expect(() => canonicalBytes(row, Number.MAX_SAFE_INTEGER)).not.toThrow();
  });

  it('give the digests that each version of a view has always given', () => {
    const folded = allViews.map((view) => {
      const rows = new Map<string, unknown>();
      // After each: a row that goes away in the end must not hide what it was.
      const digests = events
        .filter((event) => touchedKeys(view, event).length > 0)
        .map((event) => viewDigest(nodeCrypto, view, [...foldInto(view, rows, [event])].sort(byKeyBytes)));
      return [`${view.name}@${view.version}`, toHex(nodeCrypto.sha256(concat(...digests)))];
    });
    expect(Object.fromEntries(folded)).toEqual(VIEWS);
  });
});

function faultOf(event: LogEvent) {
  if (!('approvals' in event.data) || event.data.approvals === undefined) return 'approvals-not-two';
  const roles = ['returning-officer', 'paper-officer'];
  const staff = (actorId: string) => {
    const key = toBase64url(officerKeys(actorId).publicKey);
    return { actorId, grants: [{ from: -1, roles, key }] };
  };
  return verifyApprovals(nodeCrypto, actOf(event), event.data.approvals, staff, { position: 0, roles });
}
