import { expect, it } from '@jest/globals';
import { pairReceipts } from '../../projections/audit/kept-receipts.js';
import { utf8 } from '../../projections/bytes.js';
import { leafHash } from '../../projections/hash.js';
import { writeProof } from '../../projections/ledger/proof.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { MTH, PATH } from '../ledger/second-opinion.js';
import { checkpointBy, logSigner } from '../ledger/signers.js';

it('pairs every receipt of an event: none takes the place of another, which may be of another history', () => {
  const proofIn = (history: string) => {
    const leaves = ['mine', `${history} 1`, `${history} 2`].map(utf8);
    const checkpoint = checkpointBy([logSigner()], { size: 3n, root: MTH(leaves) });
    return utf8(writeProof({ index: 0n, hashes: PATH(0, leaves), checkpoint }));
  };
  const files = [proofIn('a'), proofIn('b')];
  const mine = leafHash(nodeCrypto, utf8('mine'));
  const { receipts, strange } = pairReceipts(nodeCrypto, [mine], files);
  expect(receipts).toEqual(files.map((proof) => ({ leafHash: mine, proof })));
  expect(strange).toEqual([]);
});
